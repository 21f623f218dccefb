//! What a source can reach.

use std::collections::HashMap;
use std::sync::LazyLock;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Library, LibraryExt, World};

use super::Template;
use super::fonts::{BOOK, FONTS};

static LIBRARY: LazyLock<LazyHash<Library>> = LazyLock::new(|| LazyHash::new(Library::default()));

/// Our sources, parsed once.
static SOURCES: LazyLock<HashMap<FileId, Source>> = LazyLock::new(|| {
    let parsed = |template: Template| {
        let id = at(template.path());
        (id, Source::new(id, template.source().to_owned()))
    };
    Template::ALL.map(parsed).into()
});

static VALUES: LazyLock<FileId> = LazyLock::new(|| at("/values.json"));
static LOGO: LazyLock<FileId> = LazyLock::new(|| at("/logo.png"));

fn at(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("a path of ours has no way out of its root");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

/// One sheet's world.
pub(super) struct Desk {
    main: FileId,
    values: Bytes,
    logo: Option<Bytes>,
}

impl Desk {
    pub(super) fn new(template: Template, values: Vec<u8>, logo: Option<Vec<u8>>) -> Self {
        Self { main: at(template.path()), values: Bytes::new(values), logo: logo.map(Bytes::new) }
    }
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &LIBRARY
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &BOOK
    }

    fn main(&self) -> FileId {
        self.main
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        SOURCES.get(&id).cloned().ok_or(FileError::AccessDenied)
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        let logo = self.logo.as_ref().filter(|_| id == *LOGO);
        let values = Some(&self.values).filter(|_| id == *VALUES);
        logo.or(values).cloned().ok_or(FileError::AccessDenied)
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}
