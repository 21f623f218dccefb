//! The round that the previewer shows: the same host as in a server, a state in memory.

use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::Clock;
use plugin_host::contract::{Ctx, Figure, Outcome, Participant, Phase};
use plugin_host::{Call, CallFailure, Log, MemoryState, Place, Plugin, SentForm, Stored};
use web::previewer::{Behind, Look, Onlooker, Rehearsal, Taken, Turn};

use super::Stage;
use crate::SystemClock;

type Answered<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// See the module.
pub struct Rehearsing {
    stage: Arc<Stage>,
    standing: Mutex<Standing>,
}

/// How the round stands.
#[derive(Clone)]
struct Standing {
    /// What runs; nothing until something could be loaded.
    round: Option<Round>,
    /// Why what was written last is not what runs.
    stale: Option<String>,
    phase: Phase,
    /// What came of the last form.
    came: Vec<(String, String)>,
    /// What its call said.
    said: Vec<String>,
    /// Counts forms: chance for their calls.
    forms: u64,
}

#[derive(Clone)]
struct Round {
    plugin: Arc<Plugin>,
    settings: String,
    state: Arc<MemoryState>,
}

impl Rehearsing {
    /// A round that nothing has been loaded for yet.
    pub fn new(stage: Arc<Stage>) -> Self {
        let standing = Standing {
            round: None,
            stale: None,
            phase: Phase::Open,
            came: Vec::new(),
            said: Vec::new(),
            forms: 0,
        };
        Self { stage, standing: Mutex::new(standing) }
    }

    /// Goes on with `plugin`. What the round keeps stays; of another version, it is migrated, or forgotten where there is no migration.
    ///
    /// # Errors
    /// The migration fails; then everything stays as it is.
    pub async fn take_up(&self, plugin: &Arc<Plugin>, settings: String) -> Result<(), CallFailure> {
        let before = self.standing().round.clone();
        let state = match before {
            None => Arc::default(),
            Some(before) => {
                let version = before.plugin.description().data_version;
                if version == plugin.description().data_version {
                    before.state
                } else if plugin.migrates() {
                    let round = Round { plugin: Arc::clone(plugin), settings: settings.clone(), ..before };
                    let mut call = round.call(None, Phase::Open, 0);
                    call.ctx.data_version = version;
                    Arc::new(self.stage.host.migrate_all(&call, &round.state.snapshot()).await?)
                } else {
                    Arc::default()
                }
            }
        };
        let mut standing = self.standing();
        standing.round = Some(Round { plugin: Arc::clone(plugin), settings, state });
        standing.stale = None;
        Ok(())
    }

    /// Goes on with what there was, and says `why` on the page.
    pub fn keep(&self, why: String) {
        self.standing().stale = Some(why);
    }

    fn standing(&self) -> MutexGuard<'_, Standing> {
        // Whoever panicked had changed one field at most, and each makes sense alone.
        self.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn draw(&self, who: Onlooker, page: &str) -> Look {
        let Standing { round, stale, phase, came, mut said, .. } = self.standing().clone();
        let open = in_words(phase);
        let Some(round) = round else {
            let behind = Behind { phase: open.to_owned(), stale, ..Behind::default() };
            return Look { page: Err("Nothing runs yet.".to_owned()), behind };
        };
        let log = Log::kept();
        let call = Call { log: log.clone(), ..round.call(Some(who), phase, 0) };
        let host = &self.stage.host;
        let page = host.render(&call, participant(who).as_ref(), page).await;
        let tally = host.tally(&call).await;
        said.extend(log.lines());
        let behind = Behind {
            component: format!("Component {}", round.plugin.digest()),
            phase: open.to_owned(),
            stale,
            came,
            state: round.state.snapshot().entries().map(kept).collect(),
            tally: tally
                .map(|results| results.figures.into_iter().map(row).collect())
                .map_err(|failure| failure.to_string()),
            log: said,
        };
        Look { page: page.map_err(|failure| failure.to_string()), behind }
    }

    async fn take(&self, who: Onlooker, sent: &SentForm) -> Taken {
        let Standing { round, phase, forms, .. } = self.standing().clone();
        let (Some(round), Some(participant)) = (round, participant(who)) else { return Taken::Refused };
        let log = Log::kept();
        let call = Call { log: log.clone(), ..round.call(Some(who), phase, forms + 1) };
        let asked = self.stage.host.submit(&call, &participant, sent).await;
        let (taken, came) = match asked {
            Ok((outcome, changes)) => match round.state.apply(Some(&participant), &changes) {
                Ok(()) => (Taken::Done(outcome.page.clone()), came_of(who, outcome)),
                Err(moved) => (Taken::Refused, vec![not_taken(moved)]),
            },
            Err(CallFailure::Invalid(problems)) => {
                let each =
                    problems.iter().map(|it| (it.path.clone(), format!("{}: {}", it.code, it.message)));
                let came = [not_taken("some answers")].into_iter().chain(each).collect();
                (Taken::Invalid(problems), came)
            }
            Err(failure) => (Taken::Refused, vec![not_taken(failure)]),
        };
        let mut standing = self.standing();
        (standing.came, standing.said, standing.forms) = (came, log.lines(), forms + 1);
        taken
    }
}

impl Rehearsal for Rehearsing {
    fn look<'a>(&'a self, who: Onlooker, page: &'a str) -> Answered<'a, Look> {
        Box::pin(self.draw(who, page))
    }

    fn send<'a>(&'a self, who: Onlooker, sent: &'a SentForm) -> Answered<'a, Taken> {
        Box::pin(self.take(who, sent))
    }

    fn turn(&self, turn: Turn) {
        let mut standing = self.standing();
        standing.phase = match turn {
            Turn::Before => Phase::Before,
            Turn::Open => Phase::Open,
            Turn::Closed => Phase::Closed,
            Turn::Empty => {
                (standing.came, standing.said) = (Vec::new(), Vec::new());
                if let Some(round) = &mut standing.round {
                    round.state = Arc::default();
                }
                return;
            }
        };
    }
}

impl Round {
    fn call(&self, who: Option<Onlooker>, phase: Phase, chance: u64) -> Call {
        let ctx = Ctx {
            round: "preview".to_owned(),
            locale: "en-GB".to_owned(),
            now: SystemClock.now().timestamp().cast_unsigned(),
            seed: who.map_or(0, |who| who as u64),
            config: self.settings.clone(),
            data_version: self.plugin.description().data_version,
            phase,
        };
        Call::new(Arc::clone(&self.plugin), ctx, Arc::new(self.state.snapshot()), chance)
    }
}

/// Who looks, as the round type knows them; A and B are of one group.
fn participant(who: Onlooker) -> Option<Participant> {
    let cohort = match who {
        Onlooker::A | Onlooker::B => "Group one",
        Onlooker::C => "Group two",
        Onlooker::Reader => return None,
    };
    let (token, cohort) = (who.name().to_owned(), Some(cohort.to_owned()));
    Some(Participant { token, cohort, attributes: Vec::new() })
}

fn in_words(phase: Phase) -> &'static str {
    match phase {
        Phase::Before => "The round has not opened yet",
        Phase::Open => "The round is open",
        Phase::Closed => "The round has closed",
    }
}

fn not_taken(why: impl ToString) -> (String, String) {
    ("Not taken".to_owned(), why.to_string())
}

fn came_of(who: Onlooker, outcome: Outcome) -> Vec<(String, String)> {
    let fact = |name: &str, value: String| (name.to_owned(), value);
    let page = if outcome.page.is_empty() { "the first".to_owned() } else { outcome.page };
    let mut came = vec![fact("Taken from", who.name().to_owned()), fact("Goes to page", page)];
    came.extend(outcome.notice.map(|notice| fact("Says", notice)));
    let posts = outcome.posts.into_iter();
    came.extend(posts.map(|post| (format!("Post {} about {}", post.id, post.subject), post.text)));
    came
}

/// A place and what is kept there: as text, if it is.
fn kept((place, stored): (&Place, &Stored)) -> (String, String) {
    let place = match place {
        Place::Own { participant, key } => format!("{participant}: {key}"),
        Place::Shared { collection, key } => format!("{collection} / {key}"),
    };
    let value = std::str::from_utf8(&stored.value).map_or_else(|_| hex::encode(&stored.value), str::to_owned);
    (place, value)
}

fn row(figure: Figure) -> [String; 5] {
    let Figure { subject, measure, cohort, people, value } = figure;
    let value = value.map(|value| value.to_string());
    [subject, measure, cohort.unwrap_or_default(), people.to_string(), value.unwrap_or_default()]
}
