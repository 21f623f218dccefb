//! Components with bytes changed: most are no components any more; those that are do no more than any guest may.

use plugin_host::{Class, CompileRefusal, LoadRefusal};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

use crate::stage::{Stage, component, draw, send};
use crate::text_guests;

/// Mutants that this test tries; `CANDOUR_MUTANTS` asks for more.
const MUTANTS: u32 = 300;
/// One in so many is of a large guest, which takes long to compile; the others are of a small one.
const LARGE: u32 = 10;
/// The most bytes that differ in one.
const CHANGES: u32 = 8;

#[tokio::test]
async fn mutants_are_refused_or_stay_in_bounds() {
    let mutants = std::env::var("CANDOUR_MUTANTS").ok().and_then(|text| text.parse().ok()).unwrap_or(MUTANTS);
    let folder = tempfile::tempdir().unwrap();
    let stage = Stage::with_shelf(folder.path().to_owned(), [3; 32]);
    let (large, small) = (component("misbehaving"), text_guests::component(&[]));
    let mut random = SmallRng::seed_from_u64(20_240_423);
    let (mut refused, mut ran) = (0, 0);
    for number in 0..mutants {
        let mutant = mutate(if number % LARGE == 0 { &large } else { &small }, &mut random);
        match stage.compiler.compile(&mutant, Class::Small).await {
            Ok(digest) => {
                match stage.host.load(stage.compiler.shelf(), digest, Class::Small).await {
                    // What becomes of its calls is its own affair; the host must be well after them.
                    Ok(plugin) => {
                        let _ = draw(&stage, &plugin, "behave").await;
                        let _ = send(&stage, &plugin, "echo").await;
                        stage.host.withdraw(digest);
                        ran += 1;
                    }
                    Err(LoadRefusal::Shelf(fault)) => panic!("{fault}"),
                    Err(_) => refused += 1,
                }
                std::fs::remove_file(stage.compiler.shelf().path(digest, Class::Small)).unwrap();
            }
            Err(CompileRefusal::NotAComponent(_) | CompileRefusal::TooMuch(_)) => refused += 1,
            Err(other) => panic!("{other}"),
        }
    }
    stage.assert_well().await;
    println!("{mutants} mutants: {refused} refused, {ran} ran");
    assert_eq!(refused + ran, mutants);
    assert!(refused > 0 && ran > 0, "{refused} refused, {ran} ran");
}

fn mutate(component: &[u8], random: &mut SmallRng) -> Vec<u8> {
    let mut mutant = component.to_vec();
    for _ in 0..random.random_range(1..=CHANGES) {
        let at = random.random_range(0..mutant.len());
        mutant[at] = random.random();
    }
    mutant
}
