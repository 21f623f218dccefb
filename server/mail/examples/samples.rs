//! Writes every sample of every email into a folder, as HTML, as plain text, and as it would go over the wire:
//! `cargo run -p mail --example samples -- <folder>`.

use std::{env, error::Error, fs, path::PathBuf};

use mail::{Address, Dispatch, HeaderText, Sender, emails::sample_messages, message::ID_BYTES};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("name a folder")?);
    fs::create_dir_all(&folder)?;
    let dispatch = Dispatch {
        from: Sender::new(
            HeaderText::parse("Our first big conversation")?,
            Address::parse("hello@bsol.example")?,
        ),
        to: Address::parse("person@trust.example")?,
        reply_to: None,
        id: [7; ID_BYTES],
        date: chrono::DateTime::UNIX_EPOCH,
        unsubscribe: None,
        bounce_address: None,
    };
    for (number, message) in sample_messages(&dispatch)?.iter().enumerate() {
        let file = |ending| folder.join(format!("{number:02}-{}.{ending}", message.kind()));
        fs::write(file("html"), message.html())?;
        fs::write(file("txt"), message.text())?;
        fs::write(file("eml"), message.formatted()?)?;
    }
    Ok(())
}
