//! What every handler shares.

use std::sync::Arc;

use actions::{Accounts, Actions, Enrolment, Sides};
use domain::Entropy;

use crate::dress::Wardrobe;
use crate::edge::csrf::CsrfKey;
use crate::edge::guessing::GuessLimit;
use crate::edge::metrics::Metrics;
use crate::edge::shutdown::ShutdownSignal;
use crate::live::Hub;
use crate::render::Renderer;
use crate::{Settings, StartRefusal};

/// What every handler shares.
pub(crate) struct State {
    pub sides: Sides,
    pub settings: Settings,
    pub entropy: Arc<dyn Entropy>,
    pub renderer: Renderer,
    pub csrf: CsrfKey,
    pub guessing: Arc<GuessLimit>,
    pub metrics: Metrics,
    pub wardrobe: Wardrobe,
    pub hub: Hub,
    pub shutdown: ShutdownSignal,
}

impl State {
    pub(crate) fn new(
        sides: Sides,
        settings: Settings,
        entropy: Arc<dyn Entropy>,
        shutdown: ShutdownSignal,
    ) -> Result<Self, StartRefusal> {
        Ok(Self {
            renderer: Renderer::new()?,
            csrf: CsrfKey::new(settings.csrf_key)?,
            guessing: Arc::new(GuessLimit::new(Arc::clone(&entropy))),
            metrics: Metrics::new()?,
            wardrobe: Wardrobe::default(),
            hub: Hub::default(),
            sides,
            settings,
            entropy,
            shutdown,
        })
    }
}

impl State {
    /// The conversation side's use cases.
    ///
    /// # Panics
    /// Where this side is not served: then none of its routes stands.
    pub(crate) fn actions(&self) -> &Actions {
        self.sides
            .conversation
            .as_ref()
            .expect("routes of the conversation side stand only where it is served")
    }

    /// The identity side's use cases.
    ///
    /// # Panics
    /// Where this side is not served: then none of its routes stands.
    pub(crate) fn enrolment(&self) -> &Enrolment {
        self.sides.identity.as_ref().expect("routes of the identity side stand only where it is served")
    }

    /// The use cases of named people.
    ///
    /// # Panics
    /// Where the identity side is not served: then none of the console's routes stands.
    pub(crate) fn accounts(&self) -> &Accounts {
        self.sides.accounts.as_ref().expect("routes of the console stand only where accounts are")
    }

    /// The present instant by this server's clock, UTC.
    pub(crate) fn now(&self) -> chrono::DateTime<chrono::Utc> {
        match &self.sides.conversation {
            Some(conversation) => conversation.now(),
            None => self.enrolment().now(),
        }
    }
}
