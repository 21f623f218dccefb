//! The folder: whole files, for the owner only.

use std::os::unix::fs::PermissionsExt;

use mail::{Mailer, MailerRefusal, SendFault};

use crate::{mime::Mime, people::confirmation};

#[tokio::test]
async fn a_message_becomes_a_mime_file_for_the_owner_only() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("new/mail");
    let mailer = Mailer::folder(&path).unwrap();
    mailer.send(&confirmation(1)).await.unwrap();
    mailer.send(&confirmation(2)).await.unwrap();
    mailer.send(&confirmation(2)).await.unwrap();
    let mut files: Vec<_> = std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert_eq!(files.len(), 2, "sent again is not twice: {files:?}");
    assert_eq!(files[0].file_name().unwrap().to_str().unwrap(), format!("{}.eml", "01".repeat(16)));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    for (file, number) in files.iter().zip([1, 2]) {
        assert_eq!(std::fs::metadata(file).unwrap().permissions().mode() & 0o777, 0o600);
        let mime = Mime::read(&std::fs::read_to_string(file).unwrap());
        assert_eq!(mime.header("to"), format!("person-{number}@trust.example"));
        assert!(mime.parts[0].1.contains("1234 5678") && mime.parts[1].1.contains("1234 5678"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_refused_and_one_that_goes_away_may_come_back() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert!(matches!(Mailer::folder(&file), Err(MailerRefusal::Folder(_))));
    let path = home.path().join("mail");
    let mailer = Mailer::folder(&path).unwrap();
    std::fs::remove_dir(&path).unwrap();
    let fault = mailer.send(&confirmation(1)).await.unwrap_err();
    assert_eq!(fault, SendFault::Folder(std::io::ErrorKind::NotFound));
    assert!(fault.may_pass());
}
