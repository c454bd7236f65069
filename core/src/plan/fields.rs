//! The records of the plan format and their fields: what the reader knows, and what the schema tells.

use crate::api::endpoint::SignHost;
use crate::api::site::Edition;
use crate::base::text::for_docs;
use crate::base::words::Words;

/// A record of the format.
pub(super) struct Record {
    /// Its name among the types of other languages.
    pub(super) name: &'static str,
    /// Empty without the feature `docs`, as those of its fields.
    pub(super) doc: &'static str,
    pub(super) fields: &'static [Field],
}

impl Record {
    /// The names of its fields.
    pub(super) fn names(&self) -> Vec<&'static str> {
        self.fields.iter().map(|field| field.name).collect()
    }
}

pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) is_required: bool,
    pub(super) shape: Shape,
    pub(super) doc: &'static str,
}

/// What a field holds.
pub(super) enum Shape {
    /// Any text; null counts as absent.
    Text,
    /// A text that is not empty.
    Id,
    /// A region.
    Region,
    /// A text with placeholders.
    Template,
    Flag,
    /// One of these texts.
    Word(&'static [&'static str]),
    /// The name of a cloud.
    Cloud,
    /// A record of texts.
    Texts,
    /// A list of texts that are not empty.
    Ids,
    /// The vendor's own parameters of the call that starts it.
    Params,
    Record(&'static Record),
    List(&'static Record),
    /// A list of regions, or of such records; at least one.
    Targets(&'static Record),
    /// Such a record by cloud.
    ByCloud(&'static Record),
    /// The [`Policy`](super::policy::Policy).
    Policy,
}

const fn optional(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, is_required: false, shape, doc }
}

const fn required(name: &'static str, shape: Shape, doc: &'static str) -> Field {
    Field { name, is_required: true, shape, doc }
}

pub(super) static PLAN: Record = Record {
    name: "Plan",
    doc: for_docs!("What is to be replicated. The same document in every language."),
    fields: &[
        optional("clouds", Shape::ByCloud(&SETTINGS), for_docs!("How each cloud is reached.")),
        optional("copies", Shape::List(&COPY), for_docs!("Images that go to other regions.")),
        optional("exports", Shape::List(&EXPORT), for_docs!("Images that are written to a bucket of their own region.")),
        optional("policy", Shape::Policy, for_docs!("Every number of the replication.")),
    ],
};

pub(super) static SETTINGS: Record = Record {
    name: "CloudSettings",
    doc: for_docs!("How a cloud is reached."),
    fields: &[
        optional("site", Shape::Word(Edition::WORDS), for_docs!("Which of the vendor's sites; `main` by default.")),
        optional("endpoint", Shape::Text, for_docs!("Another host; `{region}` stands for the region of the call.")),
        optional(
            "sign_host",
            Shape::Word(SignHost::WORDS),
            for_docs!(
                "Which host is signed: that of `endpoint`, or the vendor's own. `official` needs the word of the program, unless the endpoint is on loopback."
            ),
        ),
        optional("projects", Shape::Texts, for_docs!("Huawei Cloud: id of the project by region.")),
        optional("domain_id", Shape::Text, for_docs!("Huawei Cloud: id of the account.")),
        optional("uin", Shape::Text, for_docs!("Tencent Cloud: id of the main account, which tags need.")),
    ],
};

const CLOUD: Field = required("cloud", Shape::Cloud, for_docs!("Whose image it is."));
const IMAGE: Field = required("image", Shape::Id, for_docs!("Id of the source image."));
const FROM: Field = required("from", Shape::Region, for_docs!("Region that it is in."));
const NAME: Field = optional(
    "name",
    Shape::Template,
    for_docs!(
        "Name of the copies: `{name}` (of the source), `{src}` (its id), `{from}`, `{to}`, `{cloud}`, `{date}`, `{sha8}`. The source's own by default."
    ),
);
const DESCRIPTION: Field = optional("description", Shape::Text, for_docs!("Description of the copies."));
const PARAMS: Field = optional("params", Shape::Params, for_docs!("The vendor's own further parameters of the launch."));
const AFTER: Field =
    optional("after", Shape::Record(&AFTER_RECORD), for_docs!("What is done to a copy that this job made, once it is usable."));
const CHAIN: Field = optional(
    "chain",
    Shape::Record(&CHAIN_RECORD),
    for_docs!(
        "Leave to make other images on the way, on Huawei Cloud and Tencent Cloud: an encrypted or shared image is first copied in its region. Also an empty record."
    ),
);

pub(super) static COPY: Record = Record {
    name: "Copy",
    doc: for_docs!("One image and the regions it goes to."),
    fields: &[
        CLOUD,
        IMAGE,
        FROM,
        required(
            "to",
            Shape::Targets(&TARGET),
            for_docs!("Where it goes; records say what differs for their region, `params`, `after` and `chain` field by field."),
        ),
        NAME,
        DESCRIPTION,
        PARAMS,
        AFTER,
        CHAIN,
        optional("shared", Shape::Flag, for_docs!("Whether another account shares the image.")),
    ],
};

pub(super) static TARGET: Record = Record {
    name: "Target",
    doc: for_docs!("A destination, and what differs there."),
    fields: &[required("region", Shape::Region, for_docs!("Region that the copy goes to.")), NAME, DESCRIPTION, PARAMS, AFTER, CHAIN],
};

pub(super) static EXPORT: Record = Record {
    name: "Export",
    doc: for_docs!("An image that is written to a bucket of its own region."),
    fields: &[
        CLOUD,
        IMAGE,
        FROM,
        optional("name", Shape::Template, for_docs!("Prefix of the object.")),
        optional("params", Shape::Params, for_docs!("The vendor's own parameters: bucket and format.")),
    ],
};

pub(super) static AFTER_RECORD: Record = Record {
    name: "After",
    doc: for_docs!("What is done to a copy once it is usable: name and description, then tags, then sharing."),
    fields: &[
        optional("rename", Shape::Template, for_docs!("Its new name; here `{name}` is the one it was copied under.")),
        optional("description", Shape::Text, for_docs!("Its new description.")),
        optional(
            "tags",
            Shape::Texts,
            for_docs!("Tags to set; on Tencent Cloud they need `clouds.tencent.uin`, on Huawei Cloud `clouds.huawei.projects`."),
        ),
        optional("share", Shape::Ids, for_docs!("Accounts that may use it; on Huawei Cloud ids of projects.")),
    ],
};

pub(super) static CHAIN_RECORD: Record = Record {
    name: "Chain",
    doc: for_docs!("Leave to make other images on the way."),
    fields: &[
        optional(
            "cmk_id",
            Shape::Id,
            for_docs!(
                "Key of the destination: what arrives is copied once more, encrypted with it. Required when the source is encrypted."
            ),
        ),
        optional(
            "delete_intermediates",
            Shape::Flag,
            for_docs!("Whether images made on the way are deleted when nobody needs them any more."),
        ),
    ],
};
