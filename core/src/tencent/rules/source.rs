//! The image that is copied or exported: its state, owner, size and kind.

use crate::api::check::params::Path;
use crate::api::check::{Findings, rules};
use crate::api::facts::{Image, Ownership, State};
use crate::base::text::contains;

rules! {
    COPY_STATE: Error {
        id: "tencent.SyncImages.ImageIds.state",
        code: "InvalidImageId.IncorrectState",
        source: "S0 S1",
        en: "the image is {state}; only an image in state NORMAL can be copied",
        zh: "镜像状态为 {state}；只有 NORMAL 状态的镜像可以复制",
    }
    COPY_PUBLIC: Error {
        id: "tencent.SyncImages.ImageIds.public",
        code: "InvalidParameterValue.InvalidImageId",
        source: "S0 S1",
        en: "public and market images cannot be copied; use the image of that name in the destination, or make a custom one of it",
        zh: "公共镜像和市场镜像不能复制；请直接使用目的地域的同名镜像，或先制作为自定义镜像",
    }
    COPY_OF_ENCRYPTED: Error {
        id: "tencent.SyncImages.ImageIds.encrypted",
        code: "UnsupportedOperation.EncryptedImagesNotSupported",
        source: "S0 S1",
        en: "encrypted images cannot be copied; copy an image that is not encrypted",
        zh: "加密镜像不支持复制；请选择未加密的镜像",
    }
    COPY_SIZE: Note {
        id: "tencent.SyncImages.ImageIds.size",
        code: "InvalidImageId.TooLarge",
        source: "S0 S1; 50 GB in older DOC",
        en: "the image has {gib} GiB; older pages allowed 50, the present ones name no limit",
        zh: "镜像大小为 {gib} GiB；旧文档限制 50 GB，现行文档未给出上限",
    }
    COPY_WHOLE: Warning {
        id: "tencent.SyncImages.ImageIds.whole",
        code: "InvalidParameter.InstanceImageNotSupport",
        source: "S0 S1",
        en: "the image holds data disks; images of a whole instance are not accepted",
        zh: "镜像包含数据盘；整机镜像不支持复制",
    }
    EXPORT_STATE: Error {
        id: "tencent.ExportImages.ImageIds.state",
        code: "InvalidParameterValue.InvalidImageState",
        source: "S2",
        en: "the image is {state}; only an image in state NORMAL can be exported",
        zh: "镜像状态为 {state}；只有 NORMAL 状态的镜像可以导出",
    }
    EXPORT_SHARED: Error {
        id: "tencent.ExportImages.ImageIds.shared",
        code: "UnsupportedOperation.SharedImageExportUnsupported",
        source: "S2",
        en: "shared images cannot be exported; copy it into an own image first",
        zh: "共享镜像不支持导出；请先复制为自有镜像",
    }
    EXPORT_PUBLIC: Error {
        id: "tencent.ExportImages.ImageIds.public",
        code: "UnsupportedOperation.PublicImageExportUnsupported",
        source: "S2",
        en: "public images cannot be exported; choose a custom image",
        zh: "公共镜像不支持导出；请选择自定义镜像",
    }
    EXPORT_MARKET: Error {
        id: "tencent.ExportImages.ImageIds.market",
        code: "UnsupportedOperation.MarketImageExportUnsupported",
        source: "S2",
        en: "market images and images made from them cannot be exported; choose another image",
        zh: "市场镜像及由其制作的镜像不支持导出；请换一个镜像",
    }
    EXPORT_WINDOWS: Error {
        id: "tencent.ExportImages.ImageIds.windows",
        code: "UnsupportedOperation.WindowsImageExportUnsupported",
        source: "S2",
        en: "Windows images cannot be exported; choose another image",
        zh: "Windows 镜像不支持导出；请换一个镜像",
    }
    EXPORT_RED_HAT: Error {
        id: "tencent.ExportImages.ImageIds.red_hat",
        code: "UnsupportedOperation.RedHatImageExportUnsupported",
        source: "S2",
        en: "Red Hat images cannot be exported; choose another image",
        zh: "Red Hat 镜像不支持导出；请换一个镜像",
    }
    EXPORT_ENCRYPTED: Error {
        id: "tencent.ExportImages.ImageIds.encrypted",
        code: "UnsupportedOperation.EncryptedImagesNotSupported",
        source: "S2",
        en: "encrypted images cannot be exported; choose an image that is not encrypted",
        zh: "加密镜像不支持导出；请选择未加密的镜像",
    }
}

#[cfg_attr(feature = "clouds", inline(never))]
pub(super) fn check_source(image: &Image, path: Path<'_>, findings: &mut Findings) {
    const OLD_LIMIT_GIB: u64 = 50;
    if image.state != State::Ready {
        findings.add(COPY_STATE, path, &[("state", &image.state_word())]);
    }
    if matches!(image.ownership, Ownership::Public | Ownership::Market) {
        findings.add(COPY_PUBLIC, path, &[]);
    }
    if image.encrypted == Some(true) {
        findings.add(COPY_OF_ENCRYPTED, path, &[]);
    }
    if let Some(gib) = image.size_bytes.map(|bytes| bytes >> 30).filter(|gib| *gib > OLD_LIMIT_GIB) {
        findings.add(COPY_SIZE, path, &[("gib", &gib)]);
    }
    if image.whole == Some(true) {
        findings.add(COPY_WHOLE, path, &[]);
    }
}

pub(super) fn check_exported(image: &Image, path: Path<'_>, findings: &mut Findings) {
    if image.state != State::Ready {
        findings.add(EXPORT_STATE, path, &[("state", &image.state_word())]);
    }
    match image.ownership {
        Ownership::Shared => findings.add(EXPORT_SHARED, path, &[]),
        Ownership::Public => findings.add(EXPORT_PUBLIC, path, &[]),
        Ownership::Market => findings.add(EXPORT_MARKET, path, &[]),
        Ownership::Private | Ownership::Unknown => {}
    }
    let os = image.os.as_deref().unwrap_or_default().to_ascii_lowercase();
    if contains(&os, "windows") {
        findings.add(EXPORT_WINDOWS, path, &[]);
    }
    if ["red hat", "redhat", "rhel"].iter().any(|name| contains(&os, name)) {
        findings.add(EXPORT_RED_HAT, path, &[]);
    }
    if image.encrypted == Some(true) {
        findings.add(EXPORT_ENCRYPTED, path, &[]);
    }
}
