//! The part of a signature that can be wrong, with cause and next step.

use crate::base::text::halves;
use crate::base::texts::zh;
use crate::base::words::words;

words! {
    /// The part of a signature that can be wrong.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    #[non_exhaustive]
    pub enum Component {
        /// Method of the request.
        Method = "method",
        /// Path of the URL.
        Path = "path",
        /// Query of the URL.
        Query = "query",
        /// The `host` header.
        Host = "host",
        /// The `content-type` header.
        ContentType = "content_type",
        /// Another signed header.
        Header = "header",
        /// The list of signed headers.
        SignedHeaders = "signed_headers",
        /// The body.
        Payload = "payload",
        /// Nothing in the request: the secret.
        Secret = "secret",
        /// The secret or something in the request: the answer does not say which.
        Signature = "signature",
        /// The `Authorization` header itself.
        Authorization = "authorization",
        /// Region or service that the signature names.
        Scope = "scope",
        /// The access key id.
        Key = "key",
        /// The session token.
        Token = "token",
        /// The clock.
        Clock = "clock",
        /// Too many refusals in a row: the key is locked for a while.
        Locked = "locked",
        /// The size of the request.
        Size = "size",
        /// The answer tells nothing of the signature.
        Unknown = "unknown",
    }
}

impl Component {
    /// Cause and next step, each in English and Chinese.
    pub(crate) fn advice(self) -> [&'static str; 4] {
        // In one text, which is half of the pointers and of the numbers of texts.
        let (told, told_zh) = match self {
            Component::Method => (
                "the request was sent with another method|send the method that was signed; no redirects",
                zh!("发送时的方法与签名时不同|按签名时的方法发送，并关闭重定向"),
            ),
            Component::Path => (
                "the path was rewritten on its way|send the signed URL as it is, through nothing that adds or normalises a path",
                zh!("路径在发送途中被改写|原样发送已签名的 URL，不要经过会改写路径的代理"),
            ),
            Component::Query => (
                "the query was sorted, encoded or extended after signing|send the signed URL as it is",
                zh!("query 在签名后被重新排序、编码或追加|原样发送已签名的 URL"),
            ),
            Component::Host => (
                "the request reached the server with another host|sign the host that the server sees, its port included",
                zh!("服务端收到的 host 与签名时不同|按服务端看到的主机名（含端口）签名"),
            ),
            Component::ContentType => (
                "the HTTP client changed the content type, often by a charset|send the content type that was signed, to the byte",
                zh!("HTTP 客户端改写了 content-type，常见为追加 charset|content-type 须与签名时逐字节一致"),
            ),
            Component::Header => (
                "a signed header was changed on its way|sign no header that clients or proxies change",
                zh!("已签名的请求头在发送途中被改写|不要对会被客户端或代理改写的请求头签名"),
            ),
            Component::SignedHeaders => (
                "the server counts other headers as signed|send the Authorization header as it was made",
                zh!("服务端认定的已签名请求头与本地不同|原样发送生成的 Authorization"),
            ),
            Component::Payload => (
                "the body that was sent is not the one that was signed|send exactly the signed bytes; a request without body sends none, not even {}",
                zh!("发送的请求体与签名时不同|原样发送已签名的请求体；无请求体时不要发送 {}"),
            ),
            Component::Secret => (
                "the request is the same on both sides: the secret is wrong|copy the secret again, and check that it belongs to this key id and site",
                zh!("双方的请求一致，问题在密钥|重新复制 Secret，并确认它与该 Key、该站点匹配"),
            ),
            Component::Signature => (
                "the signature does not match: the secret is wrong, or what arrived is not what was signed; the answer does not say which|copy the secret again, without white space; then check that nothing on the way changes url, host, content type or body",
                zh!(
                    "签名不匹配：密钥错误，或到达的内容与签名内容不一致；响应未说明是哪一种|重新复制 Secret，首尾不要有空白；再检查途中是否改动了 URL、Host、Content-Type 或请求体"
                ),
            ),
            Component::Authorization => (
                "the Authorization header is missing, or was changed on its way|send every header exactly as it was signed; no redirects",
                zh!("缺少 Authorization 请求头，或其在发送途中被改写|原样发送签名得到的全部请求头，并关闭重定向"),
            ),
            Component::Scope => (
                "the signature names another region or service than the one that was called|sign with the region and the service of the call",
                zh!("签名中的地域或服务与实际调用的不同|请用实际调用的地域和服务名签名"),
            ),
            Component::Key => (
                "the access key id is unknown: deleted, disabled or of another site|check the key id and the site",
                zh!("访问密钥不存在：已删除、已禁用或属于其他站点|请检查访问密钥 ID 和站点"),
            ),
            Component::Token => (
                "the session token cannot be read or is of another key|get new temporary credentials, and use all three parts",
                zh!("会话令牌无法解析，或属于其他密钥|重新获取临时凭证，三个部分须配套使用"),
            ),
            Component::Clock => (
                "the clock is off, or a signed request was kept and sent later|set the clock; sign at every send",
                zh!("时钟有偏差，或签名后的请求被搁置后才发送|校准时钟；每次发送前重新签名"),
            ),
            Component::Locked => (
                "too many failed signatures in a row have locked the key|wait five minutes, correct the credentials, then try once",
                zh!("连续多次签名失败，密钥被临时锁定|等待五分钟，修正凭证后再试一次"),
            ),
            Component::Size => (
                "the request is larger than a signed request may be|send less: 12 MB at most to Huawei Cloud with an access key, 10 MB to Tencent Cloud with TC3-HMAC-SHA256",
                zh!("请求超过签名请求允许的大小|请缩小请求：使用访问密钥时华为云上限 12 MB，腾讯云 TC3-HMAC-SHA256 上限 10 MB"),
            ),
            Component::Unknown => (
                "the answer does not tell: nothing is known of what the server computed|give the whole answer of the cloud; where it names an error code, look that up with explain",
                zh!("响应未说明原因，无法得知服务端计算的内容|请提供云平台的完整响应；若其中有错误码，请用 explain 查询"),
            ),
        };
        let ([cause, next], [cause_zh, next_zh]) = (halves(told), halves(told_zh));
        [cause, cause_zh, next, next_zh]
    }
}
