//! What can be wrong with a request to sign, in both languages.

use crate::base::error::Misuse;
use crate::base::texts::Zh;

/// About what it is in English and in Chinese.
pub(super) static URL: Misuse = Misuse {
    code: "sign.url",
    message: "the URL {0}",
    en: "give an absolute URL such as https://host/path?query",
    zh: Zh::of("URL {1}；请使用形如 https://host/path?query 的绝对地址"),
};

/// About the field, its name in English and in Chinese, and its value behind a space, which is left empty where it may be a secret.
pub(super) static UNFIT: Misuse = Misuse {
    code: "sign.{0}",
    message: "the {1}{3} is empty or holds a character that cannot stand there",
    en: "correct it; line breaks and control characters are never sent",
    zh: Zh::of("{2}{3} 为空或含有非法字符；请修正，换行和控制字符不会被发送"),
};

/// About the header in lower case and as it is written, its value, and a good one.
pub(super) static DATE: Misuse = Misuse {
    code: "sign.headers.{0}",
    message: "{1} is {2}, which is no time in the form {3}",
    en: "correct the header, or leave it out to have it added",
    zh: Zh::of("{1} 不是有效时间，格式应如 {3}；请修正，或去掉以自动添加"),
};

/// About the header in lower case and as it is written, and what should stand there.
pub(super) static PAYLOAD: Misuse = Misuse {
    code: "sign.headers.{0}",
    message: "{1} is not {2}",
    en: "leave the header out to have it added",
    zh: Zh::of("{1} 的值与请求不符；请去掉该请求头以自动添加"),
};

/// About the header.
pub(super) static ABSENT: Misuse = Misuse {
    code: "sign.headers.{0}",
    message: "{0} is to be signed but is not among the headers",
    en: "give the header, or leave it out of signed_headers",
    zh: Zh::of("要签名的请求头 {0} 不存在；请提供该请求头，或从 signed_headers 中去掉"),
};

/// About the header.
pub(super) static REPEATED: Misuse = Misuse {
    code: "sign.headers.{0}",
    message: "{0} is there twice and is to be signed",
    en: "give the header once",
    zh: Zh::of("要签名的请求头 {0} 出现多次；请只保留一个"),
};

/// About the parameter.
pub(super) static PRESIGNED: Misuse = Misuse {
    code: "sign.url",
    message: "the query already holds {0}, which presigning adds",
    en: "give the URL as it was before it was presigned",
    zh: Zh::of("query 中已有 {0}；请使用预签名之前的 URL"),
};

pub(super) static SEMICOLON: Misuse = Misuse {
    code: "sign.url",
    message: "a query name holds ';', which separates the names in X-SignedQueries",
    en: "rename the parameter, or sign in headers",
    zh: Zh::of("query 参数名含有“;”，与 X-SignedQueries 的分隔符冲突；请改名或改用请求头签名"),
};

/// About the option, the algorithm, and the reason in English and in Chinese.
pub(super) static OPTION: Misuse = Misuse {
    code: "sign.options.{0}",
    message: "{0} does not go with {1}: {2}",
    en: "leave the option out",
    zh: Zh::of("{3}；请去掉该选项"),
};

pub(super) static CREDENTIALS: Misuse = Misuse {
    code: "sign.credentials",
    message: "the credentials are not those that the request was prepared for",
    en: "prepare again with the id and token of these credentials",
    zh: Zh::of("凭证与预处理时的不一致；请用当前凭证的 id 和 token 重新 prepare"),
};
