//! From the contract's calls to a [`RoundType`].

use std::any::Any;
use std::cell::RefCell;
use std::marker::PhantomData;
use std::rc::Rc;

use crate::bindings::exports::candour::round::round::Guest;
use crate::migrating::exports::candour::round::migration;
use crate::{
    Answer, Block, Ctx, Description, Failure, Figure, Migrates, Old, Outcome, Participant, Problem, Results,
    Round, RoundType, Rows, SentForm, problem,
};

/// What the component exports.
pub struct Exported<T>(PhantomData<T>);

impl<T: RoundType> Guest for Exported<T> {
    fn describe() -> Description {
        Description { data_version: T::DATA_VERSION, sheets: T::sheets() }
    }

    fn validate_config(config: String) -> Vec<Problem> {
        match serde_json::from_str::<T::Config<'_>>(&config) {
            Ok(config) => T::problems(&config),
            Err(error) => vec![problem("", "not-settings", error.to_string())],
        }
    }

    fn render(ctx: Ctx, who: Option<Participant>, page: String) -> Result<Vec<Block>, Failure> {
        with_round::<T, _>(ctx, |round| Ok(T::render(round, who.as_ref(), &page)?.into_list()))
    }

    fn submit(
        ctx: Ctx,
        who: Participant,
        page: String,
        form: String,
        pressed: String,
        answers: Vec<Answer>,
    ) -> Result<Outcome, Failure> {
        let sent = SentForm { page: &page, form: &form, pressed: &pressed, answers: &answers };
        with_round::<T, _>(ctx, |round| T::submit(round, &who, &sent))
    }

    fn tally(ctx: Ctx) -> Result<Results, Failure> {
        with_round::<T, _>(ctx, T::tally)
    }

    fn summarise(ctx: Ctx, released: Vec<Figure>) -> Result<Vec<Block>, Failure> {
        with_round::<T, _>(ctx, |round| Ok(T::summarise(round, &released)?.into_list()))
    }

    fn export(ctx: Ctx, sheet: String, after: Option<String>) -> Result<Rows, Failure> {
        with_round::<T, _>(ctx, |round| T::export(round, &sheet, after.as_deref()))
    }
}

impl<T: Migrates> migration::Guest for Exported<T> {
    fn migrate(ctx: Ctx, entries: Vec<Old>) -> Result<Vec<Vec<u8>>, Failure> {
        T::migrate(&ctx, entries)
    }
}

thread_local! {
    /// The settings as they were read last. A form is two calls in one memory: they are read once.
    static SETTINGS: RefCell<Option<(&'static str, Rc<dyn Any>)>> = const { RefCell::new(None) };
}

fn with_round<T: RoundType, R>(
    mut ctx: Ctx,
    call: impl FnOnce(&Round<T::Config<'_>>) -> Result<R, Failure>,
) -> Result<R, Failure> {
    let config = settings::<T>(std::mem::take(&mut ctx.config))?;
    call(&Round { ctx, config })
}

fn settings<T: RoundType>(json: String) -> Result<Rc<T::Config<'static>>, Failure> {
    let read = SETTINGS.with_borrow(|read| read.clone()).filter(|(of, _)| is_same(of, &json));
    if let Some(config) = read.and_then(|(_, config)| config.downcast().ok()) {
        return Ok(config);
    }
    // The memory ends with the call.
    let json: &'static str = json.leak();
    let config: T::Config<'static> = serde_json::from_str(json)
        .map_err(|error| Failure::Internal(format!("settings that were not validated: {error}")))?;
    let config = Rc::new(config);
    SETTINGS.set(Some((json, Rc::clone(&config) as Rc<dyn Any>)));
    Ok(config)
}

/// Whether two texts are the same: eight bytes at a time, where the comparison that comes with the target takes them one by one.
fn is_same(one: &str, other: &str) -> bool {
    let (one, rest_of_one) = one.as_bytes().as_chunks::<8>();
    let (other, rest_of_other) = other.as_bytes().as_chunks::<8>();
    let are_same =
        |(one, other): (&[u8; 8], &[u8; 8])| u64::from_ne_bytes(*one) == u64::from_ne_bytes(*other);
    one.len() == other.len() && rest_of_one == rest_of_other && one.iter().zip(other).all(are_same)
}
