//! Tencent's regions.

use crate::api::region::{Region, RegionClass};
use crate::base::texts::Zh;

/// One row a region, sorted by id. The 18 that SyncImages documents, and older ones as special.
pub(crate) static REGIONS: &[Region] = &[
    region("ap-bangkok", "Bangkok", "曼谷", RegionClass::Overseas),
    region("ap-beijing", "Beijing", "北京", RegionClass::Mainland),
    region("ap-chengdu", "Chengdu", "成都", RegionClass::Mainland),
    region("ap-chongqing", "Chongqing", "重庆", RegionClass::Mainland),
    region("ap-guangzhou", "Guangzhou", "广州", RegionClass::Mainland),
    region("ap-guangzhou-open", "Guangzhou Open", "广州 Open", RegionClass::Special),
    region("ap-hongkong", "Hong Kong", "中国香港", RegionClass::Overseas),
    region("ap-jakarta", "Jakarta", "雅加达", RegionClass::Overseas),
    region("ap-mumbai", "Mumbai", "孟买", RegionClass::Special),
    region("ap-nanjing", "Nanjing", "南京", RegionClass::Mainland),
    region("ap-seoul", "Seoul", "首尔", RegionClass::Overseas),
    region("ap-shanghai", "Shanghai", "上海", RegionClass::Mainland),
    region("ap-shanghai-fsi", "Shanghai Finance", "上海金融", RegionClass::Finance),
    region("ap-shenzhen-fsi", "Shenzhen Finance", "深圳金融", RegionClass::Finance),
    region("ap-singapore", "Singapore", "新加坡", RegionClass::Overseas),
    region("ap-tokyo", "Tokyo", "东京", RegionClass::Overseas),
    region("eu-frankfurt", "Frankfurt", "法兰克福", RegionClass::Overseas),
    region("eu-moscow", "Moscow", "莫斯科", RegionClass::Special),
    region("na-ashburn", "Virginia", "弗吉尼亚", RegionClass::Overseas),
    region("na-siliconvalley", "Silicon Valley", "硅谷", RegionClass::Overseas),
    region("na-toronto", "Toronto", "多伦多", RegionClass::Special),
    region("sa-saopaulo", "São Paulo", "圣保罗", RegionClass::Overseas),
];

const fn region(id: &'static str, en: &'static str, zh: &'static str, class: RegionClass) -> Region {
    Region { id, en, zh: Zh::of(zh), class }
}
