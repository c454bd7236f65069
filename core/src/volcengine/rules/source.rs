//! The image that is copied or exported: its state, owner, size and kind.

use crate::api::check::{Findings, rules};
use crate::api::facts::{Image, Ownership, State};

rules! {
    COPY_IMAGE_ASSUMED_PLAIN: Note {
        id: "volcengine.CopyImage.ImageId.assumed_plain",
        source: "DOC",
        en: "not all is known of the image: assumed to be a custom image of this account, of one system disk and at most 300 GiB",
        zh: "镜像信息不全：假定为本账号的自定义镜像，仅含系统盘且不超过 300 GiB",
    }
    COPY_IMAGE_STATE: Error {
        id: "volcengine.CopyImage.ImageId.state",
        code: "InvalidImageForCopyImage.UnSupported",
        source: "DOC",
        en: "the image is {state}; only available images can be copied",
        zh: "镜像状态为 {state}；仅 available 的镜像可以复制",
    }
    COPY_IMAGE_PUBLIC: Error {
        id: "volcengine.CopyImage.ImageId.public",
        code: "InvalidImageForCopyImage.UnSupported",
        source: "S3",
        en: "this is a public image; it cannot be copied and is offered in the other regions anyway, so use a custom image",
        zh: "这是公共镜像，不能复制（其他地域也有提供）；请使用自定义镜像",
    }
    pub(super) COPY_IMAGE_SHARED: Error {
        id: "volcengine.CopyImage.ImageId.shared",
        code: "InvalidImageForCopyImage.UnSupported",
        source: "DOC",
        en: "the image is shared by another account and cannot be copied to another region; have its owner copy it",
        zh: "该镜像由其他账号共享，不能跨地域复制；请由所有者复制",
    }
    COPY_IMAGE_WHOLE: Warning {
        id: "volcengine.CopyImage.ImageId.whole",
        code: "InvalidImageForCopyImage.UnSupported",
        source: "DOC",
        en: "the image holds a whole machine and will probably be refused; make an image of the system disk alone",
        zh: "该镜像为整机镜像，可能被拒绝；请制作仅含系统盘的镜像",
    }
    COPY_IMAGE_SIZE: Warning {
        id: "volcengine.CopyImage.ImageId.size",
        code: "LimitExceeded.MaximumImageSize",
        source: "DOC",
        en: "the image has {size} GiB and will probably be refused; 300 GiB is the known limit",
        zh: "镜像大小为 {size} GiB，可能被拒绝；已知上限为 300 GiB",
    }
    EXPORT_IMAGE_STATE: Error {
        id: "volcengine.ExportImage.ImageId.state",
        code: "InvalidImageStatus",
        source: "DOC",
        en: "the image is {state}; only available images can be exported",
        zh: "镜像状态为 {state}；仅 available 的镜像可以导出",
    }
    EXPORT_IMAGE_OWNER: Warning {
        id: "volcengine.ExportImage.ImageId.owner",
        code: "InvalidImageForExportImage.UnSupported",
        source: "DOC",
        en: "this is not a custom image of this account and will probably be refused",
        zh: "该镜像不是本账号的自定义镜像，可能被拒绝",
    }
}

pub(super) fn check_copied(image: &Image, within_region: bool, findings: &mut Findings) {
    const PATH: &str = "ImageId";
    if image.state != State::Ready {
        findings.add(COPY_IMAGE_STATE, PATH, &[("state", &image.state_word())]);
    }
    match image.ownership {
        Ownership::Public | Ownership::Market => findings.add(COPY_IMAGE_PUBLIC, PATH, &[]),
        Ownership::Shared if !within_region => findings.add(COPY_IMAGE_SHARED, PATH, &[]),
        Ownership::Shared | Ownership::Private | Ownership::Unknown => {}
    }
    if image.whole == Some(true) {
        findings.add(COPY_IMAGE_WHOLE, PATH, &[]);
    }
    match image.size_bytes.map(|bytes| bytes.div_ceil(1 << 30)) {
        Some(size) if size > 300 => findings.add(COPY_IMAGE_SIZE, PATH, &[("size", &size)]),
        _ => {}
    }
    if image.ownership == Ownership::Unknown || image.whole.is_none() || image.size_bytes.is_none() {
        findings.add(COPY_IMAGE_ASSUMED_PLAIN, PATH, &[]);
    }
}

pub(super) fn check_exported(image: &Image, findings: &mut Findings) {
    if image.state != State::Ready {
        findings.add(EXPORT_IMAGE_STATE, "ImageId", &[("state", &image.state_word())]);
    }
    match image.ownership {
        Ownership::Public | Ownership::Market | Ownership::Shared => findings.add(EXPORT_IMAGE_OWNER, "ImageId", &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
}
