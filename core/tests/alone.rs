//! What the core is with the clouds that it was compiled with: `tests/features.sh` takes each alone. They do all that they should,
//! and the others are refused by name.

#[cfg(not(feature = "texts"))]
use imgferry::api::site::Language;
use imgferry::{Cloud, Credentials, Error, Job, Keyring, Kind, Millis, Plan, Step};
use serde_json::json;

const NOW: Millis = Millis(1_767_225_600_000);
const NAMES: [&str; 3] = ["tencent", "volcengine", "huawei"];

#[test]
fn clouds_that_are_left_out_are_refused_by_name_with_those_there_are() {
    for name in NAMES {
        let is_there = Cloud::ALL.iter().any(|cloud| cloud.as_str() == name);
        match Cloud::parse(name) {
            Ok(cloud) => assert!(is_there && cloud.as_str() == name),
            Err(error) => {
                assert!(!is_there && error.kind == Kind::Misuse, "{error}");
                assert!(Cloud::ALL.iter().all(|cloud| error.hint_en.contains(cloud.as_str())), "{}", error.hint_en);
                let plan = json!({"copies": [{"cloud": name, "image": "img-o3ycss2p", "from": "a", "to": ["b"], "name": "golden"}]});
                assert!(Plan::from_value(&plan).is_err(), "{name}");
            }
        }
    }
    assert!(!Cloud::ALL.is_empty());
}

#[test]
fn every_cloud_that_is_there_has_its_tables_and_sends_the_first_request_of_a_copy() -> Result<(), Error> {
    for cloud in Cloud::ALL {
        assert!(!cloud.operations().is_empty() && !cloud.regions().is_empty() && cloud.rules().next().is_some(), "{cloud}");
        let (image, from, to) = match cloud.as_str() {
            "tencent" => ("img-o3ycss2p", "ap-guangzhou", "ap-shanghai"),
            "volcengine" => ("image-4431h3l7hl31a0example", "cn-beijing", "cn-shanghai"),
            _ => ("465076de-dc36-4aec-80f5-ef9d8009428f", "cn-north-4", "cn-south-1"),
        };
        let plan = json!({"copies": [{"cloud": cloud.as_str(), "image": image, "from": from, "to": [to], "name": "golden",
            "params": if cloud.as_str() == "huawei" { json!({"agency_name": "ims_copy_image"}) } else { json!({}) }}]});
        let mut job = Job::new(Plan::from_value(&plan)?, NOW, 7)?;
        let keys = Keyring::default().with(cloud, Credentials::new("AKIDEXAMPLE", "EXAMPLE-SECRET", None)?);
        let Step::Send(outgoing) = job.poll(NOW, &keys) else { panic!("{cloud}: nothing is sent") };
        let signed = outgoing
            .request
            .headers
            .iter()
            .any(|(name, value)| name.eq_ignore_ascii_case("authorization") && value.contains("AKIDEXAMPLE"));
        assert!(signed, "{cloud}");
        // Its journal is whole before that leaves, and is taken up by the same core.
        assert_eq!(Job::restore(&job.take_journal(), NOW)?.job.lanes(), 1);
    }
    Ok(())
}

#[test]
#[cfg(not(feature = "texts"))]
fn a_cause_that_is_not_loaded_is_empty_and_no_other_row_speaks_for_it() {
    for cloud in Cloud::ALL {
        for row in cloud.codes().rows() {
            let told = cloud.explain(row.code, None);
            assert!(
                told.known && told.cause_en.is_empty() && told.cause_zh.is_empty(),
                "{}: {} {}",
                row.code,
                told.cause_en,
                told.cause_zh
            );
        }
        // What other lines say, as those of another version.
        Language::Zh.load_texts("1\n原因\n原因^原因".to_owned());
        let code = cloud.codes().rows().next().expect("a catalogue has rows").code;
        assert_eq!(cloud.explain(code, None).cause_zh, "", "{code}");
    }
}
