//! Time stamps with OpenSSL as the authority and as the judge: what we ask it understands, what it answers we read, what we
//! keep it verifies, and what is altered both refuse.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod cli_support;

use std::fs;
use std::path::Path;
use std::process::Command;

use cli_support::Desk;
use serde_json::Value;

const CONFIG: &str = "
[ tsa ]
default_tsa = one
[ one ]
serial = ./serial
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512, sm3
signer_digest = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
[ ca ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ leaf ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ web ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
";

/// An authority in a folder: root, and a certificate for stamps.
struct Authority<'a>(&'a Path);

impl Authority<'_> {
    fn openssl(&self, line: &str) -> bool {
        let mut command = Command::new("openssl");
        command.args(line.split(' ')).current_dir(self.0).env("OPENSSL_CONF", "/dev/null");
        let ran = command.output().expect("openssl is not installed: apt-get install openssl");
        eprintln!("{line}: {}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
        ran.status.success()
    }

    fn found(folder: &Path, key: &str) {
        let authority = Authority(folder);
        fs::write(folder.join("tsa.cnf"), CONFIG).unwrap();
        fs::write(folder.join("serial"), "01\n").unwrap();
        for line in [
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out ca.key".to_owned(),
            "req -x509 -new -key ca.key -subj /C=CN/O=Test/CN=Root -days 3650 -sha256 -config tsa.cnf -extensions ca -out ca.pem".into(),
            format!("genpkey -algorithm {key} -out tsa.key"),
            "req -new -key tsa.key -subj /C=CN/O=Test/CN=Authority -config tsa.cnf -out tsa.csr".into(),
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -sha256 -extfile tsa.cnf -extensions leaf -out tsa.pem".into(),
            "x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 365 -sha256 -extfile tsa.cnf -extensions web -out web.pem".into(),
            "req -x509 -new -key ca.key -subj /C=CN/O=Other/CN=Other -days 3650 -sha256 -config tsa.cnf -extensions ca -out other.pem".into(),
        ] {
            assert!(authority.openssl(&line), "{line}");
        }
    }

    fn answer(&self, request: &str, reply: &str) {
        let line = format!(
            "ts -reply -config tsa.cnf -queryfile {request} -signer tsa.pem -inkey tsa.key -out {reply}"
        );
        assert!(self.openssl(&line));
    }
}

fn desk(key: &str) -> Desk {
    let desk = Desk::office();
    fs::write(desk.path("tsa.cnf"), "[ req ]\ndistinguished_name = dn\n[ dn ]\n").unwrap();
    Authority::found(&desk.path(""), key);
    let note = desk.ok(&["ledger", "checkpoint"]);
    desk.file("checkpoint", &note);
    desk
}

fn json(desk: &Desk, args: &[&str]) -> (u8, Value) {
    let all: Vec<&str> = ["--json"].iter().chain(args).copied().collect();
    let ran = desk.run(&all);
    (ran.code, serde_json::from_str(if ran.out.is_empty() { &ran.err } else { &ran.out }).unwrap())
}

fn outcome<'a>(value: &'a Value, check: &str) -> &'a str {
    value["checks"][check]["outcome"].as_str().unwrap()
}

#[test]
fn what_openssl_stamps_is_kept_and_verified_by_both() {
    for (key, algorithm) in [
        ("RSA -pkeyopt rsa_keygen_bits:2048", "sha512"),
        ("EC -pkeyopt ec_paramgen_curve:P-256", "sm3"),
        ("EC -pkeyopt ec_paramgen_curve:P-384", "sha256"),
    ] {
        let desk = desk(key);
        let folder = desk.path("");
        let authority = Authority(&folder);
        let (checkpoint, request, reply) = (desk.name("checkpoint"), desk.name("q.tsq"), desk.name("r.tsr"));
        let roots = desk.name("ca.pem");
        desk.ok(&["stamp", "request", "--checkpoint", &checkpoint, "--algorithm", algorithm, "-o", &request]);
        authority.answer("q.tsq", "r.tsr");
        let about =
            ["--checkpoint", &checkpoint, "--algorithm", algorithm, "--request", &request, "--roots", &roots];
        let keep: Vec<&str> =
            ["--as", "赵承办", "stamp", "keep", &reply].iter().chain(&about).copied().collect();
        let said = desk.ok(&keep);
        assert!(said.contains("签名：成立") && said.contains("证书：成立"), "{said}");
        let listed = json(&desk, &["stamp", "list"]).1.to_string();
        assert!(listed.contains("2026-") || listed.contains(algorithm), "{listed}");
        let id = listed.split('"').find(|text| text.starts_with("stamp/")).unwrap().to_owned();
        let token = desk.name("token.der");
        desk.ok(&["stamp", "export", &id, "-o", &token]);
        assert!(
            authority.openssl(
                "ts -verify -data checkpoint -in token.der -token_in -CAfile ca.pem -attime 4000000000"
            ) || authority.openssl("ts -verify -data checkpoint -in token.der -token_in -CAfile ca.pem")
        );
        let (code, checked) =
            json(&desk, &["stamp", "check", &token, "--data", &checkpoint, "--roots", &roots]);
        assert_eq!(
            (code, outcome(&checked, "signature"), outcome(&checked, "certificate")),
            (0, "holds", "holds")
        );
        desk.ok(&["ledger", "verify"]);
    }
}

#[test]
fn what_is_altered_or_strange_is_told_apart() {
    let desk = desk("RSA -pkeyopt rsa_keygen_bits:2048");
    let folder = desk.path("");
    let authority = Authority(&folder);
    let (data, request, reply, roots) =
        (desk.name("checkpoint"), desk.name("q.tsq"), desk.name("r.tsr"), desk.name("ca.pem"));
    desk.ok(&["stamp", "request", "--checkpoint", &data, "-o", &request]);
    authority.answer("q.tsq", "r.tsr");
    let check = |reply: &str, data: &str, roots: &str| {
        json(&desk, &["stamp", "check", reply, "--data", data, "--roots", roots])
    };
    let other = desk.file("other", "something else");
    let (code, said) = check(&reply, &other, &roots);
    assert_eq!((code, outcome(&said, "imprint"), outcome(&said, "signature")), (1, "broken", "holds"));
    let (code, said) = check(&reply, &data, &desk.name("other.pem"));
    assert_eq!((code, outcome(&said, "signature"), outcome(&said, "certificate")), (1, "holds", "broken"));
    let (code, said) = json(&desk, &["stamp", "check", &reply, "--data", &data]);
    assert_eq!((code, outcome(&said, "certificate")), (0, "not_checked"));

    // Every byte of the reply in turn: never "all holds", never a panic.
    let bytes = fs::read(desk.path("r.tsr")).unwrap();
    for at in (0..bytes.len()).step_by(7) {
        let mut altered = bytes.clone();
        altered[at] ^= 0x21;
        fs::write(desk.path("altered.tsr"), altered).unwrap();
        let (code, said) = check(&desk.name("altered.tsr"), &data, &roots);
        let all = code == 0
            && ["imprint", "signature", "certificate"].iter().all(|name| outcome(&said, name) == "holds");
        // The status of the reply, and what stands in no digest, may differ; the token's statement and signature may not.
        if all {
            let same =
                zhaoce::exchange::stamp::Stamp::read(&fs::read(desk.path("altered.tsr")).unwrap()).unwrap();
            let ours = zhaoce::exchange::stamp::Stamp::read(&bytes).unwrap();
            assert_eq!(
                (same.time, same.serial, same.imprint),
                (ours.time, ours.serial, ours.imprint),
                "{at}"
            );
        }
    }

    // A reply to another request, and a certificate that is not for stamps.
    desk.ok(&["stamp", "request", "--checkpoint", &data, "-o", &desk.name("again.tsq")]);
    let again = desk.name("again.tsq");
    let keep = ["--as", "赵承办", "stamp", "keep", &reply, "--checkpoint", &data, "--request", &again];
    assert_eq!(json(&desk, &keep), (1, json(&desk, &keep).1));
    assert_eq!(json(&desk, &keep).1["error"]["code"], "stamp.other");
    fs::copy(desk.path("web.pem"), desk.path("tsa.pem")).unwrap();
    assert!(
        !authority.openssl(
            "ts -reply -config tsa.cnf -queryfile q.tsq -signer tsa.pem -inkey tsa.key -out bad.tsr"
        )
    );
}

#[test]
fn a_stamp_is_renewed_over_itself_and_the_file() {
    let desk = desk("RSA -pkeyopt rsa_keygen_bits:2048");
    let folder = desk.path("");
    let authority = Authority(&folder);
    let (data, request, reply, roots) =
        (desk.name("checkpoint"), desk.name("q.tsq"), desk.name("r.tsr"), desk.name("ca.pem"));
    desk.ok(&["stamp", "request", "--checkpoint", &data, "--algorithm", "sha256", "-o", &request]);
    authority.answer("q.tsq", "r.tsr");
    desk.ok(&["--as", "赵承办", "stamp", "keep", &reply, "--checkpoint", &data, "--algorithm", "sha256"]);
    let due = json(&desk, &["stamp", "due"]).1.to_string();
    let id = due.split('"').find(|text| text.starts_with("stamp/")).unwrap().to_owned();
    desk.ok(&["stamp", "export", &id, "-o", &desk.name("old.der")]);
    let (again, renewed) = (desk.name("again.tsq"), desk.name("again.tsr"));
    desk.ok(&["stamp", "request", "--checkpoint", &data, "--renew", &id, "-o", &again]);
    authority.answer("again.tsq", "again.tsr");
    desk.ok(&[
        "--as",
        "赵承办",
        "stamp",
        "keep",
        &renewed,
        "--checkpoint",
        &data,
        "--renew",
        &id,
        "--request",
        &again,
        "--roots",
        &roots,
    ]);
    let old = desk.name("old.der");
    let (code, said) =
        json(&desk, &["stamp", "check", &renewed, "--data", &data, "--roots", &roots, "--renews", &old]);
    assert_eq!((code, outcome(&said, "imprint")), (0, "holds"));
    let (code, _) = json(&desk, &["stamp", "check", &renewed, "--data", &data, "--roots", &roots]);
    assert_eq!(code, 1, "the renewal is about the file and the old stamp together");
    desk.ok(&["ledger", "verify"]);
}

#[test]
fn a_file_that_is_no_stamp_is_said_to_be_none() {
    let desk = Desk::office();
    let (data, none) =
        (desk.file("checkpoint", &desk.ok(&["ledger", "checkpoint"])), desk.file("x", "no stamp"));
    let (code, said) = json(&desk, &["stamp", "check", &none, "--data", &data]);
    assert_eq!((code, said["error"]["code"].as_str().unwrap()), (2, "stamp.form"));
    let keep = ["--as", "赵承办", "stamp", "keep", &none, "--checkpoint", &data];
    assert_eq!(json(&desk, &keep).1["error"]["code"], "stamp.form");
}
