//! Texts and schemas that are the same in every package.

/// How folders and files are named.
pub const NAMING: &str = include_str!("naming.txt");
/// How to verify a package with common tools.
pub const VERIFYING: &str = include_str!("verifying.txt");

/// Schemas of the XML in a package, restated from public material: name and text.
pub const SCHEMAS: [(&str, &str); 4] = [
    ("公开与密级变更情况.xsd", include_str!("../../../schemas/xml/history.xsd")),
    ("目录文件.xsd", include_str!("../../../schemas/xml/catalogue.xsd")),
    ("电子文件封装包.xsd", include_str!("../../../schemas/xml/eep.xsd")),
    ("登记表.xsd", include_str!("../../../schemas/xml/register.xsd")),
];
