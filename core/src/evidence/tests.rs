//! Texts as the clients and tools of others write them.

use super::*;
use crate::sign::{Options, ToSign, sign};

fn told(text: &str) -> Value {
    Diagnosis::in_text(text, "", None, None)
}

#[test]
fn the_exceptions_of_every_client_are_understood() {
    let r = "3f2a7c55-0000-4444-8888-9b1f0a2c6d01";
    for (text, cloud, code, message, request_id) in [
        // Tencent Cloud: Python and tccli, Go, Terraform and Packer, Node, Java, and the body itself.
        (
            format!("[TencentCloudSDKException] code:AuthFailure.SignatureExpire message:The signature has expired. requestId:{r}"),
            "tencent",
            "AuthFailure.SignatureExpire",
            "The signature has expired.",
            Some(r),
        ),
        (
            format!("[TencentCloudSDKError] Code=AuthFailure.SecretIdNotFound, Message=The SecretId is not found, please ensure that your SecretId is correct., RequestId={r}"),
            "tencent",
            "AuthFailure.SecretIdNotFound",
            "The SecretId is not found, please ensure that your SecretId is correct.",
            Some(r),
        ),
        (
            format!("╷\n│ Error: [TencentCloudSDKError] Code=InvalidImageName.Duplicate, Message=the image name exists, RequestId={r}\n│ \n│   with tencentcloud_image.golden,\n╵"),
            "tencent",
            "InvalidImageName.Duplicate",
            "the image name exists",
            Some(r),
        ),
        (
            format!("==> tencentcloud-cvm.golden: Error: [TencentCloudSDKError] Code=UnauthorizedOperation\nMessage=You are not authorized\nRequestId={r}"),
            "tencent",
            "UnauthorizedOperation",
            "You are not authorized",
            Some(r),
        ),
        (
            format!("TencentCloudSDKHttpException: The SecretId is not found\n    at a.b (/x/node_modules/tencentcloud-sdk-nodejs-common/y.js:1:2) {{\n  requestId: '{r}',\n  code: 'AuthFailure.SecretIdNotFound',\n  httpCode: 200\n}}"),
            "tencent",
            "AuthFailure.SecretIdNotFound",
            "",
            Some(r),
        ),
        (
            format!("com.tencentcloudapi.common.exception.TencentCloudSDKException: [TencentCloudSDKException]code: LimitExceeded message:too many requestId:{r}\n\tat com.tencentcloudapi…"),
            "tencent",
            "LimitExceeded",
            "too many",
            Some(r),
        ),
        (
            format!(r#"2026-11-20 ERROR copy failed: {{"Response":{{"Error":{{"Code":"InvalidParameterValue.InvalidImageState","Message":"busy"}},"RequestId":"{r}"}}}} (will not retry)"#),
            "tencent",
            "InvalidParameterValue.InvalidImageState",
            "busy",
            Some(r),
        ),
        // Volcengine: Python, Go and Terraform, the `ve` tool, a body in a body.
        (
            r#"(401)
Reason: Unauthorized
HTTP response headers: HTTPHeaderDict({'Content-Type': 'application/json'})
HTTP response body: {"ResponseMetadata":{"RequestId":"20261120A","Action":"CopyImage","Version":"2020-04-01","Service":"ecs","Region":"cn-beijing","Error":{"CodeN":100010,"Code":"SignatureDoesNotMatch","Message":"The signature does not match."}}}
"#.to_owned(),
            "volcengine",
            "SignatureDoesNotMatch",
            "The signature does not match.",
            Some("20261120A"),
        ),
        (
            "Error: volcengine_image copy failed: InvalidAccessKey: the access key does not exist\n\tstatus code: 401, request id: 20261120B".to_owned(),
            "volcengine",
            "InvalidAccessKey",
            "the access key does not exist",
            Some("20261120B"),
        ),
        (
            r#"{"log":"{\"ResponseMetadata\":{\"RequestId\":\"20261120C\",\"Error\":{\"Code\":\"InvalidTimestamp\",\"Message\":\"late\"}}}\n","stream":"stderr"}"#.to_owned(),
            "volcengine",
            "InvalidTimestamp",
            "late",
            Some("20261120C"),
        ),
        // Huawei Cloud: Python, Go, Java, Node, Terraform, hcloud, openstacksdk.
        (
            format!("ClientRequestException - {{status_code:401,request_id:{r},error_code:APIGW.0301,error_msg:Incorrect IAM authentication information: decrypt token fail,encoded_authorization_message:None }}"),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: decrypt token fail",
            Some(r),
        ),
        (
            format!(r#"{{"status_code":400,"request_id":"{r}","error_code":"IMG.0144","error_message":"the agency is wrong","encoded_authorization_message":""}}"#),
            "huawei",
            "IMG.0144",
            "the agency is wrong",
            Some(r),
        ),
        (
            format!("com.huaweicloud.sdk.core.exception.ClientRequestException: ClientRequestException{{httpStatusCode=401, requestId='{r}', errorCode='APIGW.0301', errorMsg='Incorrect IAM authentication information: ak HWAKEXAMPLE not exist'}}"),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: ak HWAKEXAMPLE not exist",
            Some(r),
        ),
        (
            format!("Error: error creating IMS image: Bad request with: [POST https://ims.cn-north-4.myhuaweicloud.com/v1/cloudimages/x/copy], request_id: {r}, error message: {{\"error\":{{\"message\":\"no such image\",\"code\":\"IMG.0027\"}}}}"),
            "huawei",
            "IMG.0027",
            "no such image",
            None,
        ),
        (
            format!("{{\n  \"error_msg\": \"Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:GET|/v2/x/||host:h||host|e3b0\",\n  \"error_code\": \"APIGW.0301\",\n  \"request_id\": \"{r}\"\n}}"),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: verify aksk signature fail",
            Some(r),
        ),
        (
            "openstack.exceptions.HttpException: HttpException: 401, [APIGW.0301]Incorrect IAM authentication information: verify aksk signature fail".to_owned(),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: verify aksk signature fail",
            None,
        ),
        // As Python and Node show a record, the message in front of the code; and a Go client's own name for it.
        (
            format!("{{'error_msg': 'Incorrect IAM authentication information: decrypt token fail', 'error_code': 'APIGW.0301', 'request_id': '{r}'}}"),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: decrypt token fail",
            Some(r),
        ),
        (
            format!("some error found: {{\n  data: {{\n    error_msg: 'Incorrect IAM authentication information: verify aksk signature fail, canonicalRequest:DELETE|/v2/',\n    error_code: 'APIGW.0301',\n    request_id: '{r}'\n  }},\n  status: 401,"),
            "huawei",
            "APIGW.0301",
            "Incorrect IAM authentication information: verify aksk signature fail",
            Some(r),
        ),
        (
            r#"{"status":"FAIL","job_id":"j","error_code":"IMG.0057","fail_reason":"no such file"}"#.to_owned(),
            "huawei",
            "IMG.0057",
            "no such file",
            None,
        ),
    ] {
        let found = told(&text);
        let refusal = &found["refusals"][0];
        assert_eq!((&refusal["cloud"], &refusal["code"], &refusal["message"]), (&cloud.into(), &code.into(), &message.into()), "{text}\n{found}");
        assert!(request_id.is_none_or(|id| refusal["request_id"] == id), "{text}\n{found}");
        assert!(found["known"] == true && refusal["again"].is_string() && refusal["command"].is_string(), "{found}");
        assert_eq!(found["refusals"].as_array().map(Vec::len), Some(1), "{text}\n{found}");
    }
}

/// Of several exceptions each has its own message, or none.
#[test]
fn no_exception_has_the_message_of_the_one_before() {
    let found = told("code:AuthFailure.SecretIdNotFound message:not found\ncode:AuthFailure.MFAFailure\n");
    let messages: Vec<&Value> = found["refusals"].as_array().into_iter().flatten().map(|refusal| &refusal["message"]).collect();
    assert_eq!(messages, ["not found", ""], "{found}");
}

#[test]
fn a_code_that_wraps_another_is_told_with_it() {
    let found = told(
        "[TencentCloudSDKError] Code=InternalError.CvmCommon, Message=DashboardError,Code : -130000 , Msg : CVM_COMMON_ERROR[InvalidImageId.NotFound:ImageId img-1 is not found:8596], RequestId=r-1",
    );
    let codes: Vec<&Value> = found["refusals"].as_array().into_iter().flatten().map(|refusal| &refusal["code"]).collect();
    assert_eq!(codes, ["InternalError.CvmCommon", "InvalidImageId.NotFound"], "{found}");
    // As Node shows an answer, whose it is is told by the names of its fields.
    let found = told("{\n  Response: {\n    Error: { Code: 'MissingParameter', Message: 'no Timestamp' },\n    RequestId: 'r-1'\n  }\n}");
    assert_eq!((found["refusals"].as_array().map(Vec::len), &found["refusals"][0]["cloud"]), (Some(1), &"tencent".into()), "{found}");
}

/// Whether the request left is what decides whether a launch may be sent again.
#[test]
fn a_network_that_failed_is_told_with_whether_the_request_left() {
    for (text, cloud, code) in [
        (
            "Post \"https://cvm.tencentcloudapi.com/\": dial tcp: lookup cvm.tencentcloudapi.com: no such host",
            "tencent",
            "transport.unsent",
        ),
        ("connect ECONNREFUSED 127.0.0.1:443 ecs.cn-beijing.volcengineapi.com", "volcengine", "transport.unsent"),
        (
            "ConnectionException - HTTPSConnectionPool(host='ims.cn-north-4.myhuaweicloud.com', port=443): Read timed out.",
            "huawei",
            "transport.unanswered",
        ),
        ("log\nPost \"https://open.volcengineapi.com/\": x509: certificate signed by unknown authority", "volcengine", "transport.blocked"),
        ("java.net.SocketTimeoutException: timeout\n at https://cvm.tencentcloudapi.com", "tencent", "transport.unanswered"),
        // Of two tries one may have arrived.
        ("cvm.tencentcloudapi.com: connection refused; then: connection reset by peer", "tencent", "transport.unanswered"),
    ] {
        let found = told(text);
        let refusal = &found["refusals"][0];
        assert_eq!((&refusal["cloud"], &refusal["code"]), (&cloud.into(), &code.into()), "{text}\n{found}");
        assert!(text.lines().any(|line| refusal["message"] == line), "{found}");
        assert_eq!(refusal["again"] == "after a wait: the cloud has not acted", code == "transport.unsent", "{found}");
    }
    // A client's code for it says less than its message does.
    let thrown =
        "[TencentCloudSDKException] code:ClientNetworkError message:HTTPSConnectionPool(host='cvm.tencentcloudapi.com', port=443): ";
    for (why, retry) in
        [("Failed to establish a new connection: [Errno -2] Name or service not known", "backoff"), ("Read timed out.", "unsure")]
    {
        let refusal = told(&format!("{thrown}{why} requestId:None"))["refusals"][0].clone();
        assert_eq!(
            (&refusal["code"], &refusal["retry"], &refusal["request_id"]),
            (&"ClientNetworkError".into(), &retry.into(), &Value::Null)
        );
    }
}

/// Logs are long: each code is told once, and the work is that of reading the text once.
#[test]
fn a_log_of_thousands_of_refusals_tells_each_code_once() {
    for line in
        ["code: InvalidImageId.NotFound message: no such image requestId: r-", "InvalidImageId.NotFound: no such image requestId: r-"]
    {
        let text: String = (0..4_000).map(|number| format!("2026-11-29 {line}{number}\n")).collect();
        let refusals = told(&text)["refusals"].as_array().cloned().unwrap_or_default();
        let clouds: Vec<&Value> = refusals.iter().map(|refusal| &refusal["cloud"]).collect();
        assert_eq!((clouds, &refusals[0]["request_id"]), (vec![&Value::from("tencent")], &"r-0".into()), "{line}");
    }
}

/// What runtimes print of a network that failed: the text, our code for it, a word of the next step.
const OF_RUNTIMES: &[(&str, &str, &str)] = &[
    ("Error: read ECONNRESET\n  errno: -104,\n  code: 'ECONNRESET',\n  syscall: 'read' } HOST", "transport.unanswered", ""),
    // Of two tries one may have arrived.
    ("Error: connect ECONNREFUSED HOST { code: 'ECONNREFUSED' }\nError: socket hang up { code: 'ECONNRESET' }", "transport.unanswered", ""),
    ("Error: connect ECONNREFUSED HOST { errno: -111, code: 'ECONNREFUSED', port: 443 }", "transport.unsent", ""),
    (
        "{\"message\":\"connect ETIMEDOUT 192.0.2.1:443\",\"code\":\"ETIMEDOUT\",\"config\":{\"url\":\"https://HOST\"}}",
        "transport.unsent",
        "",
    ),
    ("AxiosError: timeout of 5000ms exceeded { code: 'ECONNABORTED', config: { url: 'https://HOST' } }", "transport.unanswered", ""),
    ("TypeError: fetch failed https://HOST [cause]: ConnectTimeoutError { code: 'UND_ERR_CONNECT_TIMEOUT' }", "transport.unsent", ""),
    ("TypeError: fetch failed https://HOST [cause]: SocketError: other side closed { code: 'UND_ERR_SOCKET' }", "transport.unanswered", ""),
    ("Error: certificate has expired https://HOST { code: 'CERT_HAS_EXPIRED' }", "transport.blocked", "renewed"),
    ("Error: certificate is not yet valid https://HOST { code: 'CERT_NOT_YET_VALID' }", "transport.blocked", "clock"),
    (
        "Error: unable to verify the first certificate { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' } HOST",
        "transport.blocked",
        "SSL_CERT_FILE",
    ),
    (
        "Error: Hostname/IP does not match certificate's altnames: HOST { code: 'ERR_TLS_CERT_ALTNAME_INVALID' }",
        "transport.blocked",
        "name",
    ),
    ("curl: (60) SSL: no alternative certificate subject name matches target host name 'HOST'", "transport.blocked", "name"),
    ("curl: (60) SSL certificate problem: certificate is not yet valid https://HOST", "transport.blocked", "clock"),
    ("error sending request for url (https://HOST/): invalid peer certificate: NotValidForName", "transport.blocked", "name"),
    (
        "javax.net.ssl.SSLHandshakeException: PKIX path building failed: unable to find valid certification path https://HOST",
        "transport.blocked",
        "SSL_CERT_FILE",
    ),
    ("java.security.cert.CertificateException: No subject alternative DNS name matching HOST found", "transport.blocked", "name"),
    ("javax.net.ssl.SSLPeerUnverifiedException: Hostname HOST not verified", "transport.blocked", "name"),
];

/// What a runtime prints beside its exception is no code of a cloud, and a certificate that is refused is told in many words.
#[test]
fn what_runtimes_say_of_a_network_is_no_code_of_a_cloud() {
    let host = "cvm.tencentcloudapi.com";
    for (text, code, next) in OF_RUNTIMES.iter().copied() {
        let text = text.replace("HOST", host);
        let found = told(&text);
        let refusal = &found["refusals"][0];
        assert_eq!(found["refusals"].as_array().map(Vec::len), Some(1), "{text}\n{found}");
        let own = Cloud::Tencent.explain(code, None).to_value();
        assert_eq!(
            (&refusal["cloud"], &refusal["cause"], &refusal["retry"]),
            (&"tencent".into(), &own["cause"], &own["retry"]),
            "{text}\n{found}"
        );
        let message = refusal["message"].as_str().expect("a line of the text");
        assert_eq!((super::network::lost(message), text.contains(message)), (Some(code), true), "{text}\n{found}");
        assert!(refusal["next"].as_str().is_some_and(|text| text.contains(next)), "{text}\n{found}");
    }
}

/// Codes and hosts of other clouds, and object storage, look much like these.
#[test]
fn what_is_of_another_cloud_is_not_claimed() {
    for text in [
        "An error occurred (SignatureDoesNotMatch) when calling the DescribeImages operation: The request signature does not match",
        "<Error><Code>SignatureDoesNotMatch</Code><AWSAccessKeyId>AKIDEXAMPLE</AWSAccessKeyId></Error>",
        "ErrorCode: InvalidAccessKey for ecs.cn-hangzhou.aliyuncs.com",
        "dial tcp: lookup ecs.cn-hangzhou.aliyuncs.com: no such host",
    ] {
        assert_eq!(told(text)["known"], false, "{text}: {}", told(text));
    }
}

#[test]
fn unknown_text_is_unknown() {
    for text in [
        "",
        "{",
        "some words of no cloud: code 7",
        "{\"code\": 0, \"message\": \"OK\"}",
        "panic: runtime error: index out of range [3]",
        "{{{{",
        "\u{0}",
        "curl",
        "GET it",
    ] {
        assert_eq!(told(text)["known"], false, "{text:?}: {}", told(text));
    }
    let deep = format!("{}{}", "{\"a\":".repeat(5_000), "1");
    assert_eq!(told(&deep)["known"], false);
}

fn signed(secret: &str, url: &str, body: &[u8]) -> (Credentials, String, Vec<(String, String)>) {
    let key = Credentials::new("AKIDEXAMPLE0000000000000000000000001", secret, None).expect("a key");
    let headers = [("X-TC-Action".to_owned(), "SyncImages".to_owned()), ("Content-Type".to_owned(), "application/json".to_owned())];
    let what = ToSign { method: "POST", url, headers: &headers, body, time: Millis(1_767_000_000_000), region: "", service: "cvm" };
    let signed = sign(Cloud::ALL[0].scheme(), &what, &key, &Options::default()).expect("signed");
    (key, signed.url, signed.headers)
}

/// The forms in which people have a request: each tells the same.
#[test]
fn requests_are_found_in_every_form() {
    let body = r#"{"ImageIds":["img-1"],"Name":"it's \"x\" 镜"}"#;
    let (key, url, headers) = signed("EXAMPLE-SECRET-NOT-REAL", "https://cvm.tencentcloudapi.com/", body.as_bytes());
    let answer = r#"{"Response":{"Error":{"Code":"AuthFailure.SignatureFailure","Message":"wrong"},"RequestId":"r-1"}}"#;
    let head: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let changed =
        headers.iter().map(|(name, value)| (name, if name == "Content-Type" { format!("{value}; charset=utf-8") } else { value.clone() }));
    let lines: String = changed.clone().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let quoted = |text: &str| format!("'{}'", text.replace('\'', "'\\''"));
    let options: String = changed.clone().map(|(name, value)| format!(" \\\n  -H {}", quoted(&format!("{name}: {value}")))).collect();
    let pairs: Vec<Value> = changed.clone().map(|(name, value)| serde_json::json!({"name": name, "value": value})).collect();
    let record: serde_json::Map<String, Value> = changed.map(|(name, value)| (name.clone(), value.into())).collect();
    let har = serde_json::json!({"log": {"entries": [{"startedDateTime": "2025-12-29T09:20:00.000Z",
        "request": {"method": "POST", "url": url, "headers": pairs, "postData": {"text": body}},
        "response": {"status": 200, "headers": [], "content": {"text": answer}}}]}});
    let sent: String = lines.lines().map(|line| format!("> {line}\n")).collect();
    for text in [
        format!("POST / HTTP/1.1\n{lines}\n{body}\n\nHTTP/1.1 200 OK\nDate: Mon, 29 Dec 2025 09:20:00 GMT\n\n{answer}\n"),
        format!("POST / HTTP/1.1\n{lines}\n{body}\n\nHTTP/1.1 200 OK\n\n{answer}\n").replace('\n', "\r\n"),
        format!("$ curl -sS -X POST {url}{options} \\\n  --data-raw {}\n{answer}\n", quoted(body)),
        format!(
            "curl --request=POST --url {url}{options} -d $'{}'; echo\n{answer}",
            body.replace('\'', "\\'").replace('\\', "\\\\").replace("\\\\'", "\\'")
        ),
        serde_json::json!({"method": "POST", "url": url, "headers": record, "body": body}).to_string(),
        har.to_string(),
    ] {
        let found = Diagnosis::in_text(&text, answer, Some(&key), None);
        let request = &found["requests"][0];
        assert_eq!((&request["cloud"], &request["operation"]), (&"tencent".into(), &"SyncImages".into()), "{text}\n{found}");
        let cause = &request["causes"][0];
        assert_eq!((&cause["id"], &cause["sure"]), (&"content_type.charset".into(), &"certain".into()), "{text}\n{found}");
        assert_eq!(found["refusals"][0]["code"], "AuthFailure.SignatureFailure", "{text}\n{found}");
    }
    let trace = format!("* Connected to h\n> POST / HTTP/1.1\n{sent}> \n* upload done\n< HTTP/1.1 200 OK\n< \n{answer}\n");
    assert_eq!(told(&trace)["requests"][0]["operation"], "SyncImages", "{}", told(&trace));
    // What our own command shows has no signature: nothing is claimed about it.
    let hidden = told(&format!("POST / HTTP/1.1\n{}\n{body}", head.replace(&headers.last().expect("a header").1, "REDACTED")));
    assert_eq!(hidden["requests"][0]["causes"], serde_json::json!([]), "{hidden}");
}

#[test]
fn a_region_that_no_cloud_has_is_held_to_the_one_that_was_meant() {
    let credential =
        |region: &str| format!("HMAC-SHA256 Credential=AKLTEXAMPLE/20251229/{region}/ecs/request, SignedHeaders=host;x-date, Signature=00");
    for (region, meant) in [("cn-beijng", Some("cn-beijing")), ("cn-beijing", None)] {
        let head = "GET /?Action=CopyImage&Version=2020-04-01 HTTP/1.1\nHost: open.volcengineapi.com\nX-Date: 20251229T092000Z";
        let told = told(&format!("{head}\nAuthorization: {}\n", credential(region)));
        let causes = told["requests"][0]["causes"].as_array().expect("causes");
        let found = causes.iter().find(|cause| cause["id"] == "scope.region");
        assert_eq!(found.and_then(|cause| cause["theirs"].as_str()), meant, "{told}");
    }
}

#[test]
fn no_secret_is_shown() {
    let (_, url, headers) = signed("EXAMPLE-SECRET-OF-ANOTHER", "https://cvm.tencentcloudapi.com/", b"{}");
    let key =
        Credentials::new("AKIDEXAMPLE0000000000000000000000001", "EXAMPLE-SECRET-NOT-REAL", Some("EXAMPLE-TOKEN-NOT-REAL")).expect("a key");
    let record: serde_json::Map<String, Value> = headers.into_iter().map(|(name, value)| (name, value.into())).collect();
    let text = serde_json::json!({"method": "POST", "url": url, "headers": record, "body": "{}"}).to_string();
    let answer = r#"{"Response":{"Error":{"Code":"AuthFailure.TokenFailure","Message":"EXAMPLE-TOKEN-NOT-REAL, EXAMPLE-SECRET-NOT-REAL"},"RequestId":"r"}}"#;
    let told = Diagnosis::in_text(&text, answer, Some(&key), None).to_string();
    assert!(!told.contains("NOT-REAL") && told.contains("token.missing"), "{told}");
}

#[test]
fn a_launch_is_not_sent_again_as_a_read_is() {
    let again = |operation: &str| {
        told(&format!("{operation} failed: [TencentCloudSDKError] Code=InternalError, Message=x, RequestId=r"))["refusals"][0]["again"]
            .clone()
    };
    assert_eq!(again("DescribeImages"), "yes: it changes nothing");
    assert_eq!(again("SyncImages"), "only after a look at the destination: it may have been carried out");
}
