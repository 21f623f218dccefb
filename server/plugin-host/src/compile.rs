//! Compiling: the one thing about a guest that limits inside the engine cannot bound. 8 KB of WebAssembly can keep a compiler busy for minutes.
//! So a child process does it, one at a time, with bounds of processor time, memory and output that the kernel keeps; the server never compiles.

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::process::{ExitCode, ExitStatus, Stdio};
use std::time::Duration;

use rlimit::Resource;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use wasmtime::component::Component;

use crate::artefact::{Digest, Shelf, ShelfFault};
use crate::engine::{self, EngineFault};
use crate::limits::{COMPILED_BYTES, COMPILING_MEMORY, COMPONENT_BYTES, Class};

/// How long a child may take for each second of processor time that it may use: other work goes on as well.
const PATIENCE: u32 = 10;
/// The most that a child may say about what is wrong, bytes.
const COMPLAINT_BYTES: u64 = 4 * 1024;

/// Why a component was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileRefusal {
    /// Larger than [`COMPONENT_BYTES`].
    #[error("the component has more than {} MiB", COMPONENT_BYTES / 1024 / 1024)]
    TooLarge,
    /// Not a component that this engine knows.
    #[error("not a component that can be run: {0}")]
    NotAComponent(String),
    /// It used up what compiling may use.
    #[error("compiling it takes more than {} s of processor time, 2 GiB of memory or 128 MiB of output", .0.compiling_seconds())]
    TooMuch(Class),
    /// What was compiled cannot be kept.
    #[error(transparent)]
    Shelf(#[from] ShelfFault),
    /// This machine cannot run guests at all.
    #[error(transparent)]
    Engine(#[from] EngineFault),
    /// The child could not be run.
    #[error("the compiler could not be run: {0}")]
    Child(#[from] io::Error),
}

/// Compiles components, one at a time.
pub struct Compiler {
    program: PathBuf,
    arguments: Vec<OsString>,
    shelf: Shelf,
    turn: Mutex<()>,
}

impl Compiler {
    /// Has `program` called with `arguments` and the class's name do [`compile_as_child`], and puts the results onto `shelf`.
    pub fn new(program: PathBuf, arguments: Vec<OsString>, shelf: Shelf) -> Self {
        Self { program, arguments, shelf, turn: Mutex::new(()) }
    }

    /// Where results are put.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// Compiles `component`, unless that is done.
    ///
    /// # Errors
    /// [`CompileRefusal`], by name.
    pub async fn compile(&self, component: &[u8], class: Class) -> Result<Digest, CompileRefusal> {
        if component.len() > COMPONENT_BYTES {
            return Err(CompileRefusal::TooLarge);
        }
        let digest = Digest::of(component);
        let _turn = self.turn.lock().await;
        match self.shelf.take(digest, class) {
            Ok(_) => return Ok(digest),
            Err(ShelfFault::Missing | ShelfFault::Forged) => {}
            Err(fault) => return Err(fault.into()),
        }
        let code = self.run_child(component, class).await?;
        self.shelf.put(digest, class, &code)?;
        Ok(digest)
    }

    async fn run_child(&self, component: &[u8], class: Class) -> Result<Vec<u8>, CompileRefusal> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .arg(class.name())
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let patience = Duration::from_secs(class.compiling_seconds()) * PATIENCE;
        let talk = talk_with(&mut child, component);
        let Ok(said) = tokio::time::timeout(patience, talk).await else {
            return Err(CompileRefusal::TooMuch(class));
        };
        let (code, complaint, status) = said?;
        if code.len() > COMPILED_BYTES {
            return Err(CompileRefusal::TooMuch(class));
        }
        if status.success() {
            return Ok(code);
        }
        // 1 is the child's own word; anything else is the kernel's, or memory that was refused.
        if status.code() == Some(1) {
            return Err(CompileRefusal::NotAComponent(complaint));
        }
        Err(CompileRefusal::TooMuch(class))
    }
}

async fn talk_with(child: &mut Child, component: &[u8]) -> io::Result<(Vec<u8>, String, ExitStatus)> {
    let no_pipe = || io::Error::other("the child has no pipe");
    let mut stdin = child.stdin.take().ok_or_else(no_pipe)?;
    let stdout = child.stdout.take().ok_or_else(no_pipe)?;
    let stderr = child.stderr.take().ok_or_else(no_pipe)?;
    let give = async {
        // A child that was ended reads no more; how it ended says why.
        let _ = stdin.write_all(component).await;
        drop(stdin);
    };
    let told = hear(stdout, COMPILED_BYTES as u64 + 1);
    let ((), code, complaint) = tokio::join!(give, told, hear(stderr, COMPLAINT_BYTES));
    let (code, complaint) = (code?, complaint?);
    let status = child.wait().await?;
    let complaint = String::from_utf8_lossy(&complaint).split_whitespace().collect::<Vec<_>>().join(" ");
    Ok((code, complaint, status))
}

/// What `pipe` gives, up to `most` bytes; then it is closed, as one that has more to say than it may would wait for ever.
async fn hear(pipe: impl AsyncRead + Unpin, most: u64) -> io::Result<Vec<u8>> {
    let mut heard = Vec::new();
    pipe.take(most).read_to_end(&mut heard).await?;
    Ok(heard)
}

/// The whole of a child: [`compile_in_this_process`] from standard input to standard output, and what is wrong to standard error.
pub fn compile_as_child(class: Class) -> ExitCode {
    match compile_in_this_process(class, io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(refusal) => {
            // The parent puts the refusal's own words before it.
            let words = match refusal {
                CompileRefusal::NotAComponent(words) => words,
                other => other.to_string(),
            };
            eprintln!("{words}");
            ExitCode::FAILURE
        }
    }
}

/// The child's part: bounds itself, reads a component from `input`, and writes the code to `output`.
///
/// # Errors
/// What is wrong with the component. A bound that is met ends the process.
fn compile_in_this_process(
    class: Class,
    input: impl Read,
    mut output: impl Write,
) -> Result<(), CompileRefusal> {
    let seconds = class.compiling_seconds();
    Resource::CPU.set(seconds, seconds)?;
    Resource::AS.set(COMPILING_MEMORY, COMPILING_MEMORY)?;
    Resource::CORE.set(0, 0)?;
    let mut component = Vec::new();
    input.take(COMPONENT_BYTES as u64 + 1).read_to_end(&mut component)?;
    if component.len() > COMPONENT_BYTES {
        return Err(CompileRefusal::TooLarge);
    }
    let wrong = |error: wasmtime::Error| CompileRefusal::NotAComponent(format!("{error:#}"));
    let engine = engine::compiling()?;
    let code = Component::from_binary(&engine, &component).and_then(|component| component.serialize());
    output.write_all(&code.map_err(wrong)?)?;
    output.flush()?;
    Ok(())
}
