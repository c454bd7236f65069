//! Huawei's regions.

use crate::api::region::{Region, RegionClass};
use crate::base::texts::Zh;

/// One row a region, sorted by id: the table of the vendor's own client, names from the vendor's endpoint page.
/// The numbers of Shanghai cross over: cn-east-3 is Shanghai1.
pub(crate) static REGIONS: &[Region] = &[
    region("ae-ad-1", "", "", RegionClass::Overseas),
    region("af-north-1", "", "", RegionClass::Overseas),
    region("af-south-1", "Johannesburg", "非洲-约翰内斯堡", RegionClass::Overseas),
    region("ap-southeast-1", "Hong Kong", "中国-香港", RegionClass::Overseas),
    region("ap-southeast-2", "Bangkok", "亚太-曼谷", RegionClass::Overseas),
    region("ap-southeast-3", "Singapore", "亚太-新加坡", RegionClass::Overseas),
    region("ap-southeast-4", "Jakarta", "亚太-雅加达", RegionClass::Overseas),
    region("ap-southeast-5", "", "", RegionClass::Overseas),
    region("cn-east-2", "Shanghai2", "华东-上海二", RegionClass::Mainland),
    region("cn-east-3", "Shanghai1", "华东-上海一", RegionClass::Mainland),
    region("cn-east-4", "", "", RegionClass::Mainland),
    region("cn-east-5", "", "", RegionClass::Mainland),
    region("cn-north-1", "Beijing1", "华北-北京一", RegionClass::Mainland),
    region("cn-north-11", "", "", RegionClass::Mainland),
    region("cn-north-12", "", "", RegionClass::Mainland),
    region("cn-north-2", "Beijing2", "华北-北京二", RegionClass::Mainland),
    region("cn-north-4", "Beijing4", "华北-北京四", RegionClass::Mainland),
    region("cn-north-9", "", "", RegionClass::Mainland),
    region("cn-south-1", "Guangzhou", "华南-广州", RegionClass::Mainland),
    region("cn-south-2", "Shenzhen", "华南-深圳", RegionClass::Mainland),
    region("cn-south-4", "", "", RegionClass::Mainland),
    region("cn-southwest-2", "Guiyang1", "西南-贵阳一", RegionClass::Mainland),
    region("cn-southwest-3", "", "", RegionClass::Mainland),
    region("eu-west-0", "", "", RegionClass::Overseas),
    region("eu-west-101", "", "", RegionClass::Overseas),
    region("la-north-2", "", "", RegionClass::Overseas),
    region("la-south-2", "", "", RegionClass::Overseas),
    region("me-east-1", "", "", RegionClass::Overseas),
    region("my-kualalumpur-1", "", "", RegionClass::Overseas),
    region("na-mexico-1", "", "", RegionClass::Overseas),
    region("ru-moscow-1", "", "", RegionClass::Overseas),
    region("sa-brazil-1", "", "", RegionClass::Overseas),
    region("tr-west-1", "", "", RegionClass::Overseas),
];

const fn region(id: &'static str, en: &'static str, zh: &'static str, class: RegionClass) -> Region {
    Region { id, en, zh: Zh::of(zh), class }
}
