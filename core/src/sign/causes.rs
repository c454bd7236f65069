//! What goes wrong with signatures, finer than the part that differs: each cause with its next step.

use super::component::Component;
use crate::base::text::for_texts;

/// One cause. Rows are compared by their address.
#[derive(Debug)]
pub(super) struct Cause {
    /// Stable id: the part, and what became of it.
    pub(super) id: &'static str,
    pub(super) component: Component,
    en: &'static str,
    zh: &'static str,
    /// Next step. Empty texts mean those of the component; all are without the feature `texts`.
    fix_en: &'static str,
    fix_zh: &'static str,
}

impl Cause {
    /// Cause and next step, each in English and Chinese.
    pub(super) fn advice(&self) -> [&'static str; 4] {
        let [en, zh, fix_en, fix_zh] = self.component.advice();
        let or = |own: &'static str, general: &'static str| if own.is_empty() { general } else { own };
        [or(self.en, en), or(self.zh, zh), or(self.fix_en, fix_en), or(self.fix_zh, fix_zh)]
    }
}

macro_rules! causes {
    ($( $name:ident: $component:ident $id:literal, $en:literal / $zh:literal $(, $fix_en:literal / $fix_zh:literal)? ; )+) => {
        $( pub(super) static $name: Cause = Cause {
            id: $id,
            component: Component::$component,
            en: for_texts!($en),
            zh: for_texts!($zh),
            fix_en: concat!($(for_texts!($fix_en))?),
            fix_zh: concat!($(for_texts!($fix_zh))?),
        }; )+

        #[cfg(test)]
        pub(super) static CAUSES: &[&Cause] = &[$(&$name),+];
    };
}

causes! {
    AUTHORIZATION_MISSING: Authorization "authorization.missing", "the request carries no signature" / "请求中没有签名";
    AUTHORIZATION_TOKEN: Authorization "authorization.iam_token", "the request carries an IAM token in place of a signature" / "请求携带的是 IAM Token，而不是签名", "use a token that is not older than a day, or sign with an access key" / "请使用 24 小时内的 Token，或改用访问密钥签名";
    AUTHORIZATION_OLD: Authorization "authorization.old", "the request is signed by an old method (HmacSHA1 or HmacSHA256 in the parameters)" / "请求使用旧签名方法（参数中的 HmacSHA1 或 HmacSHA256）", "sign with TC3-HMAC-SHA256: signMethod or isV3 in the vendor's clients" / "请改用 TC3-HMAC-SHA256：在官方 SDK 中设置 signMethod 或 isV3";
    AUTHORIZATION_SCHEME: Authorization "authorization.scheme", "the request is signed by a scheme that is not this cloud's" / "请求的签名算法不是该云平台的", "sign for the cloud that is called" / "请按所调用云平台的算法签名";
    AUTHORIZATION_FORM: Authorization "authorization.form", "the Authorization header has lost a part or has another form" / "Authorization 请求头缺少部分内容或格式不符";
    AUTHORIZATION_TWICE: Authorization "authorization.twice", "there are several Authorization headers" / "存在多个 Authorization 请求头", "send one: a client or proxy has added its own" / "只发送一个：客户端或代理又添加了一个";
    TIME_MISSING: Authorization "authorization.time", "the header with the time of signing is missing or cannot be read" / "缺少签名时间请求头，或无法解析";
    KEY_QUOTES: Key "key.quotes", "the access key id has white space or quotes around it" / "访问密钥 ID 首尾带有空白或引号", "copy the key id again, without white space or quotes" / "重新复制密钥 ID，不要带空白或引号";
    KEY_SWAPPED: Key "key.swapped", "id and secret are swapped" / "ID 与 Secret 颠倒", "swap them; then make a new key: this secret has been sent in the clear" / "请调换两者；该 Secret 已明文发送，随后应更换密钥";
    KEY_CLOUD: Key "key.cloud", "the access key id has the form of another cloud's" / "访问密钥 ID 的形式属于其他云平台", "use the key of the cloud that is called" / "请使用所调用云平台的密钥";
    KEY_OTHER: Key "key.other", "the request is signed with another key id than the one at hand" / "请求所用的密钥 ID 与手头的不同", "look where that key comes from: environment, profile or file" / "请检查该密钥的来源：环境变量、配置或文件";
    SECRET_SPACE: Secret "secret.space", "it was signed with white space or a line end around the secret" / "签名时 Secret 首尾带有空白或换行", "trim the secret where it is read from file or environment" / "从文件或环境变量读取时去除首尾空白";
    SECRET_QUOTES: Secret "secret.quotes", "it was signed with quotes around the secret" / "签名时 Secret 带有引号", "take the quotes away: env files and shells keep them" / "去掉引号：env 文件和脚本会保留它们";
    SECRET_CODED: Secret "secret.coded", "it was signed with the secret in another encoding (base64, percent-encoded, other case)" / "签名时 Secret 经过了编码（base64、百分号编码或大小写改变）", "decode the secret before use: Kubernetes keeps it in base64" / "使用前先解码：Kubernetes 以 base64 保存";
    SECRET_CUT: Secret "secret.cut", "it was signed with a secret that lacks a character" / "签名时 Secret 少了字符", "copy the whole secret" / "请完整复制 Secret";
    SECRET_OTHER_PART: Secret "secret.part", "it was signed with another part of the key in place of the secret" / "签名时把密钥的其他部分当作 Secret", "give id, secret and token each in its place" / "请分别正确填写 ID、Secret 和 Token";
    SECRET_OTHER: Secret "secret.other", "the secret is another one than the one that signed, or the request was changed in a way that cannot be recomputed" / "签名所用的 Secret 并非手头这一个，或请求被改动且无法推算", "copy the secret again; then send the signed bytes through nothing that changes them" / "重新复制 Secret；再确认途中没有改动请求";
    SCOPE_DAY: Scope "scope.day", "the day in the scope is not that of the time of signing" / "签名范围中的日期与签名时间不符", "take both from one moment, in UTC" / "两者须取自同一时刻的 UTC 时间";
    SCOPE_REGION: Scope "scope.region", "the signature is for another region than the one that is called" / "签名的地域与实际调用的不同";
    SCOPE_SERVICE: Scope "scope.service", "the signature is for another service than the one that is called" / "签名的服务与实际调用的不同";
    SCOPE_WORD: Scope "scope.word", "the scope does not end with the word of this cloud's scheme" / "签名范围的结尾词与该云平台的算法不符", "sign with the scheme of this cloud" / "请按该云平台的算法签名";
    CLOCK_BEHIND: Clock "clock.behind", "it was signed too long before it arrived: the clock is behind, or a signed request was kept" / "签名时间过早：本机时钟偏慢，或签名后的请求被搁置";
    CLOCK_AHEAD: Clock "clock.ahead", "it was signed in the future: the clock is ahead" / "签名时间在未来：本机时钟偏快", "set the clock; check the time zone: the time is UTC" / "校准时钟；注意时间应为 UTC";
    CLOCK_HEADER: Header "header.date", "the header with the time is not the moment that was signed" / "时间请求头与签名时的时刻不同", "take both from one moment, and let nothing replace the header" / "两者须取自同一时刻，且途中不得替换该请求头";
    TOKEN_MISSING: Token "token.missing", "the key is temporary and its session token was not sent" / "临时密钥的会话令牌未发送", "send all three parts of the key" / "须同时使用密钥的三个部分";
    TOKEN_OTHER: Token "token.other", "the session token is not the one of this key: stale, or of another key" / "会话令牌不属于该密钥：已过期或来自其他密钥";
    TOKEN_NEEDLESS: Token "token.needless", "a session token was sent with a key that is not temporary" / "长期密钥携带了会话令牌", "leave the token out; look where an old one comes from" / "去掉会话令牌，并检查其来源";
    TOKEN_UNSIGNED: Token "token.unsigned", "the session token was added after signing" / "会话令牌在签名之后才加入", "give the token to the signer" / "签名时就提供会话令牌";
    SIZE_BODY: Size "size.body", "the body is larger than a signed request may be" / "请求体超过签名请求允许的大小";
    METHOD_CHANGED: Method "method.changed", "it was signed with another method than the one that arrived" / "签名时的方法与到达的不同", "turn redirects off: they make GET of POST" / "关闭重定向：它会把 POST 变为 GET";
    PATH_SLASH: Path "path.slash", "a slash of the path was added or lost" / "路径的斜杠被添加或丢失", "sign and send the same path, its last slash included" / "签名与发送的路径须一致，包括结尾斜杠";
    PATH_PREFIX: Path "path.prefix", "a proxy has put a folder in front of the path or taken it away" / "代理在路径前添加或去除了前缀", "let the proxy pass the path as it is" / "让代理原样传递路径";
    PATH_ESCAPES: Path "path.escapes", "the path was encoded twice, or decoded, on its way" / "路径在途中被二次编码或解码";
    QUERY_PLUS: Query "query.plus", "a space is + on one side and %20 on the other" / "空格在一侧为 +，在另一侧为 %20", "encode a space as %20, and a plus as %2B" / "空格请编码为 %20，加号编码为 %2B";
    QUERY_DOUBLE: Query "query.double", "the query was encoded twice" / "query 被二次编码", "hand the signed URL to the client as already encoded" / "将已签名的 URL 作为已编码内容交给客户端";
    QUERY_TILDE: Query "query.tilde", "a tilde is %7E on one side and ~ on the other" / "波浪号在一侧为 %7E，在另一侧为 ~", "leave ~ as it is; requests and aiohttp rewrite %7E" / "保留 ~ 不编码；requests 和 aiohttp 会改写 %7E";
    QUERY_ESCAPES: Query "query.escapes", "characters of the query were encoded or decoded by the client" / "客户端对 query 中的字符进行了编码或解码", "send the signed URL as it is: aiohttp needs URL(url, encoded=True)" / "原样发送已签名的 URL；aiohttp 需使用 URL(url, encoded=True)";
    QUERY_ORDER: Query "query.order", "the parameters have another order than when they were signed" / "参数顺序与签名时不同", "sort as the scheme does, and send that order" / "按算法排序，并按该顺序发送";
    QUERY_REPEATED: Query "query.repeated", "repeated parameters are counted otherwise on the two sides" / "双方对重复参数的处理不同", "number them as the API does, or send each once" / "按 API 要求编号，或每个参数只发送一次";
    QUERY_ADDED: Query "query.added", "a parameter was added after signing" / "签名之后又添加了参数", "add parameters before signing; no cache busters" / "请在签名前添加参数，不要追加防缓存参数";
    HOST_PORT: Host "host.port", "the port belongs to the host on one side only" / "仅一侧的 host 带有端口", "sign the host with its port as the client sends it" / "按客户端发送的形式（含端口）签名 host";
    HOST_CHANGED: Host "host.changed", "a proxy or client has put another host in" / "代理或客户端改写了 host", "let the proxy keep the Host header; fetch cannot set it" / "让代理保留 Host 请求头；fetch 无法设置该头";
    CONTENT_TYPE_CHARSET: ContentType "content_type.charset", "the client has added or removed a charset" / "客户端添加或去除了 charset";
    CONTENT_TYPE_CHANGED: ContentType "content_type.changed", "the content type is not the one that was signed" / "content-type 与签名时不同";
    HEADER_MISSING: SignedHeaders "header.missing", "a signed header did not arrive" / "已签名的请求头未到达", "send every signed header; proxies drop some" / "发送全部已签名的请求头；部分代理会丢弃";
    HEADER_CHANGED: Header "header.changed", "a signed header was changed on its way" / "已签名的请求头在途中被改写";
    SIGNED_HEADERS_LESS: SignedHeaders "signed_headers.missing", "a header that must be signed is not" / "必须签名的请求头未签名", "sign what the scheme asks for" / "按算法要求签名所需的请求头";
    SIGNED_HEADERS_CHANGED: SignedHeaders "signed_headers.changed", "the list of signed headers is not the one that was signed" / "签名头列表与签名时不同";
    PAYLOAD_CHANGED: Payload "payload.changed", "the body is not the one that was signed" / "请求体与签名时不同";
    PAYLOAD_CUT: Payload "payload.cut", "the body is shorter or longer than its Content-Length" / "请求体长度与 Content-Length 不符", "send the whole body" / "请完整发送请求体";
    PAYLOAD_EMPTY: Payload "payload.empty", "one side has no body, the other {} or nothing but white space" / "一侧没有请求体，另一侧为 {} 或空白";
    PAYLOAD_LINE_END: Payload "payload.line_end", "a line end or a byte order mark was added to the body or taken away" / "请求体被添加或去除了换行或 BOM", "send the signed bytes: curl needs --data-binary" / "原样发送已签名的字节；curl 需使用 --data-binary";
    PAYLOAD_JSON: Payload "payload.json", "the JSON of the body was written anew, with other spaces or escapes" / "请求体的 JSON 被重新序列化，空格或转义不同", "serialise once, sign these bytes, and send them" / "只序列化一次，签名并发送同样的字节";
    PAYLOAD_UNSIGNED: Payload "payload.unsigned", "the body was left out of the signature, and the request does not say so" / "签名时未包含请求体，而请求未声明", "send the payload header with UNSIGNED-PAYLOAD, or sign the body" / "请发送值为 UNSIGNED-PAYLOAD 的请求头，或对请求体签名";
    FINE: Unknown "fine", "the request as shown is signed rightly with this key: what arrived was another, or the key is not good at the cloud" / "所示请求用该密钥签名无误：到达的是另一请求，或该密钥在云平台无效", "look at the request where it leaves the last proxy, and at the key in the console" / "请查看最后一级代理发出的请求，并在控制台核对密钥";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_has_an_id_of_its_own_and_both_languages() {
        let mut ids: Vec<&str> = CAUSES.iter().map(|cause| cause.id).collect();
        for cause in CAUSES {
            let [en, zh, fix_en, fix_zh] = cause.advice();
            assert!(en.is_ascii() && fix_en.is_ascii() && !zh.is_ascii() && !fix_zh.is_ascii(), "{}", cause.id);
        }
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), CAUSES.len());
    }
}
