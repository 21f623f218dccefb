//! Builds every round type in this workspace and writes its component, with a list of digests.
//!
//! ```text
//! cargo run --manifest-path plugins/Cargo.toml -p pack                        all of them, to server/plugin-host/components/
//! cargo run --manifest-path plugins/Cargo.toml -p pack -- --check             build again and compare
//! cargo run --manifest-path plugins/Cargo.toml -p pack -- --out FOLDER NAME   one of them, to FOLDER
//! cargo run --manifest-path plugins/Cargo.toml -p pack -- --module FILE OUT    what another compiler made, as a component
//! ```
//!
//! The same sources give the same bytes in every folder: no path of this machine enters them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wit_component::ComponentEncoder;

/// What stands in the manifest of a package that is a round type.
const MARK: &str = "crate-type = [\"cdylib\"]";
/// What guests are built for.
const TARGET: &str = "wasm32-unknown-unknown";
/// Bytes of a guest's stack, where the linker would take 1 MiB: whatever memory a guest has is looked through after each call.
const STACK: u32 = 128 * 1024;
/// Where components go, below the repository's root.
const COMPONENTS: &str = "server/plugin-host/components";
/// The list of digests beside them, as `sha256sum` writes it.
const DIGESTS: &str = "SHA256SUMS";

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let plugins = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("pack stands in plugins/")?;
    let root = plugins.parent().context("plugins/ stands in the repository")?;
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => pack_all(plugins, &root.join(COMPONENTS), false),
        ["--check"] => pack_all(plugins, &root.join(COMPONENTS), true),
        ["--out", folder, names @ ..] if !names.is_empty() => {
            let names: Vec<String> = names.iter().map(|&name| name.to_owned()).collect();
            build(plugins, &names)?;
            for name in names {
                let component = componentise(&module_of(plugins, &name))?;
                put(&Path::new(folder).join(format!("{name}.wasm")), &component, false)?;
            }
            Ok(())
        }
        ["--module", module, out] => put(Path::new(out), &componentise(Path::new(module))?, false),
        _ => bail!("nothing, --check, --out FOLDER NAME…, or --module FILE OUT"),
    }
}

fn pack_all(plugins: &Path, folder: &Path, is_check: bool) -> Result<()> {
    let names = round_types(plugins)?;
    build(plugins, &names)?;
    let mut digests = String::new();
    for name in names {
        let component = componentise(&module_of(plugins, &name))?;
        digests += &format!("{}  {name}.wasm\n", hex::encode(Sha256::digest(&component)));
        put(&folder.join(format!("{name}.wasm")), &component, is_check)?;
    }
    put(&folder.join(DIGESTS), digests.as_bytes(), is_check)?;
    print!("{digests}");
    Ok(())
}

/// The packages that are round types, for use or for tests, in the order of their names.
fn round_types(plugins: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(plugins)? {
        let entry = entry?;
        let manifest = fs::read_to_string(entry.path().join("Cargo.toml")).unwrap_or_default();
        if manifest.contains(MARK) {
            names.push(entry.file_name().to_str().context("a folder's name is not UTF-8")?.to_owned());
        }
    }
    names.sort();
    Ok(names)
}

fn build(plugins: &Path, names: &[String]) -> Result<()> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    command.current_dir(plugins).args(["build", "--release", "--locked", "--target", TARGET]);
    command.args(names.iter().flat_map(|name| ["--package", name.as_str()]));
    // `\x1f` stands between flags, so that folders may have spaces in their names.
    let remapped =
        remapped(plugins)?.into_iter().map(|(from, to)| format!("--remap-path-prefix={from}={to}"));
    let flags: Vec<String> = remapped.chain([format!("-Clink-arg=-zstack-size={STACK}")]).collect();
    command.env("CARGO_ENCODED_RUSTFLAGS", flags.join("\x1f")).env_remove("RUSTFLAGS");
    let status = command.status().context("running cargo")?;
    ensure!(
        status.success(),
        "the round types do not build; is the target there? rustup target add {TARGET}"
    );
    Ok(())
}

/// Folders of this machine, and what stands for them.
fn remapped(plugins: &Path) -> Result<Vec<(String, &'static str)>> {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(env::var_os("HOME")?).join(".cargo")));
    let text = |path: &Path| path.to_str().map(str::to_owned).context("a folder's name is not UTF-8");
    let mut folders = vec![(text(plugins)?, "plugins")];
    if let Some(home) = home {
        // Also what is between the home and a package's own folder differs from registry to registry.
        let sources = fs::read_dir(home.join("registry/src")).into_iter().flatten();
        for source in sources {
            folders.push((text(&source?.path())?, "cargo"));
        }
    }
    Ok(folders)
}

/// Where cargo puts the round type `name`.
fn module_of(plugins: &Path, name: &str) -> PathBuf {
    let file = format!("{}.wasm", name.replace('-', "_"));
    plugins.join("target").join(TARGET).join("release").join(file)
}

fn componentise(path: &Path) -> Result<Vec<u8>> {
    let module = fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    ComponentEncoder::default()
        .module(&module)?
        .validate(true)
        .encode()
        .with_context(|| format!("componentising {}", path.display()))
}

fn put(path: &Path, bytes: &[u8], is_check: bool) -> Result<()> {
    if is_check {
        let there = fs::read(path).with_context(|| format!("{} is not there", path.display()))?;
        ensure!(there == bytes, "{} is not what its sources give: run pack", path.display());
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a file stands in a folder")?)?;
    Ok(fs::write(path, bytes)?)
}
