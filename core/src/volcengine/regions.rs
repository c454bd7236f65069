//! Volcengine's regions.

use crate::api::region::{Region, RegionClass};
use crate::base::texts::Zh;

/// One row a region, sorted by id. `cn-north-1` is left out: it belongs to global services, ECS is not there.
pub(crate) static REGIONS: &[Region] = &[
    region("ap-singapore-1", "", "", RegionClass::Special),
    region("ap-southeast-1", "Johor", "亚太东南（柔佛）", RegionClass::Overseas),
    region("ap-southeast-2", "", "", RegionClass::Special),
    region("ap-southeast-3", "Jakarta", "亚太东南（雅加达）", RegionClass::Overseas),
    region("cn-beijing", "Beijing", "华北2（北京）", RegionClass::Mainland),
    region("cn-beijing-autodriving", "", "", RegionClass::Special),
    region("cn-beijing-selfdrive", "", "", RegionClass::Special),
    region("cn-beijing2", "", "", RegionClass::Special),
    region("cn-changsha-sdv", "", "", RegionClass::Special),
    region("cn-chengdu", "", "", RegionClass::Special),
    region("cn-chengdu-sdv", "", "", RegionClass::Special),
    region("cn-chongqing-sdv", "", "", RegionClass::Special),
    region("cn-datong", "", "", RegionClass::Special),
    region("cn-guangzhou", "Guangzhou", "华南1（广州）", RegionClass::Mainland),
    region("cn-guilin-boe", "", "", RegionClass::Special),
    region("cn-hangzhou", "", "", RegionClass::Special),
    region("cn-hongkong", "Hong Kong", "中国香港", RegionClass::Overseas),
    region("cn-ningbo-sdv", "", "", RegionClass::Special),
    region("cn-shanghai", "Shanghai", "华东2（上海）", RegionClass::Mainland),
    region("cn-shanghai-autodriving", "", "", RegionClass::Special),
    region("cn-wuhan", "", "", RegionClass::Special),
    region("cn-wulanchabu", "", "", RegionClass::Special),
];

const fn region(id: &'static str, en: &'static str, zh: &'static str, class: RegionClass) -> Region {
    Region { id, en, zh: Zh::of(zh), class }
}
