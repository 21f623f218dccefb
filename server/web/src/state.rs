//! What every handler shares.

use std::sync::Arc;

use actions::Actions;
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
    pub actions: Actions,
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
        actions: Actions,
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
            actions,
            settings,
            entropy,
            shutdown,
        })
    }
}
