//! The images of the default world.

use super::image::{Image, Phase};
use imgferry::Cloud;
use imgferry::Millis;
use imgferry::api::facts::Ownership;

/// The images of the default world: the documented examples, and one of each sort that cannot be copied.
pub(super) fn catalogue() -> Vec<Image> {
    let image = |cloud, region, id, name: &str, change: fn(&mut Image)| {
        let mut image = Image::new(cloud, region, id, name);
        image.created = Millis(1_717_203_723_000); // 2024-06-01T01:02:03Z
        change(&mut image);
        image
    };
    use Cloud::{Huawei, Tencent, Volcengine};
    vec![
        image(Tencent, "ap-guangzhou", "img-o3ycss2p", "web-base", |_| {}),
        image(Tencent, "ap-guangzhou", "img-72n9mi0y", "export-me", |_| {}),
        image(Tencent, "ap-guangzhou", "img-encrypt1", "secret-disk", |image| image.encrypted = true),
        image(Tencent, "ap-guangzhou", "img-shared01", "from-a-friend", |image| image.ownership = Ownership::Shared),
        image(Tencent, "ap-guangzhou", "img-public01", "Ubuntu Server 22.04", |image| image.ownership = Ownership::Public),
        image(Tencent, "ap-guangzhou", "img-whole001", "whole-machine", |image| image.whole = true),
        image(Tencent, "ap-guangzhou", "img-toolarge", "too-large", |image| image.size_gib = 2_000),
        image(Tencent, "ap-guangzhou", "img-windows1", "windows-base", |image| image.os = "Windows".to_owned()),
        image(Tencent, "ap-guangzhou", "img-redhat01", "redhat-base", |image| image.os = "RedHat".to_owned()),
        image(Tencent, "ap-guangzhou", "img-market01", "from-the-market", |image| image.ownership = Ownership::Market),
        image(Tencent, "ap-guangzhou", "img-creating", "not-ready-yet", |image| image.fixed = Some(Phase::Pending)),
        image(Tencent, "ap-guangzhou", "img-failed01", "never-ready", |image| image.fixed = Some(Phase::Failed)),
        image(Tencent, "ap-shanghai-fsi", "img-finance1", "finance-base", |_| {}),
        image(Volcengine, "cn-beijing", "image-4431h3l7hl31a0example", "web-base", |image| {
            image.description = "base image".to_owned();
            image.tags = vec![("team".to_owned(), "web".to_owned())];
        }),
        image(Volcengine, "cn-beijing", "image-shared000000000example", "from-a-friend", |image| image.ownership = Ownership::Shared),
        image(Volcengine, "cn-beijing", "image-public000000000example", "veLinux-1.0", |image| image.ownership = Ownership::Public),
        image(Volcengine, "cn-beijing", "image-whole0000000000example", "whole-machine", |image| image.whole = true),
        image(Volcengine, "cn-beijing", "image-toolarge0000000example", "too-large", |image| image.size_gib = 2_000),
        image(Volcengine, "cn-beijing", "image-creating0000000example", "not-ready-yet", |image| image.fixed = Some(Phase::Pending)),
        image(Volcengine, "cn-beijing", "image-error0000000000example", "never-ready", |image| image.fixed = Some(Phase::Failed)),
        image(Huawei, "cn-north-4", "465076de-dc36-4aec-80f5-ef9d8009428f", "web-base", |image| {
            image.tags = vec![("team".to_owned(), "web".to_owned())];
        }),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e1", "secret-disk", |image| image.encrypted = true),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e2", "from-a-friend", |image| image.ownership = Ownership::Shared),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e3", "Ubuntu 22.04 server 64bit", |image| {
            image.ownership = Ownership::Public;
        }),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e4", "from-an-iso", |image| image.iso = true),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e5", "whole-machine", |image| image.whole = true),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e6", "too-large", |image| image.size_gib = 2_000),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e7", "not-ready-yet", |image| image.fixed = Some(Phase::Pending)),
        image(Huawei, "cn-north-4", "00000000-0000-4000-8000-0000000000e8", "windows-base", |image| image.os = "Windows".to_owned()),
    ]
}
