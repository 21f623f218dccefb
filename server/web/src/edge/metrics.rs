//! What the operator's dashboard sees: counts and times by route pattern, nothing of any person.

use std::time::Duration;

use poem::http::StatusCode;
use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder, core::Collector,
};

/// Upper bounds of the latency histogram, seconds.
const LATENCY_SECONDS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// The process's metrics. Cheap to clone; all clones count together.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    latency: HistogramVec,
    open_connections: IntGauge,
    live_streams: IntGauge,
}

impl Metrics {
    /// Fresh metrics, all zero.
    ///
    /// # Errors
    /// Only if two metrics here were given the same name.
    pub fn new() -> prometheus::Result<Self> {
        let metrics = Self {
            registry: Registry::new(),
            requests: IntCounterVec::new(
                Opts::new("candour_requests_total", "Requests answered, by route and class of status"),
                &["route", "status"],
            )?,
            latency: HistogramVec::new(
                HistogramOpts::new(
                    "candour_request_seconds",
                    "Time to the first byte of the answer, by route",
                )
                .buckets(LATENCY_SECONDS.to_vec()),
                &["route"],
            )?,
            open_connections: IntGauge::new("candour_open_connections", "Connections open now")?,
            live_streams: IntGauge::new(
                "candour_live_streams",
                "Live streams (server-sent events) open now",
            )?,
        };
        metrics.include(metrics.requests.clone())?;
        metrics.include(metrics.latency.clone())?;
        metrics.include(metrics.open_connections.clone())?;
        metrics.include(metrics.live_streams.clone())?;
        Ok(metrics)
    }

    /// Exposes another room's metric along with these.
    ///
    /// # Errors
    /// When its name is taken.
    pub fn include(&self, metric: impl Collector + 'static) -> prometheus::Result<()> {
        self.registry.register(Box::new(metric))
    }

    /// Counts one answer. `route` is a pattern, of which there are few, never a path.
    pub fn answered(&self, route: &str, status: StatusCode, took: Duration) {
        let class = match status.as_u16() {
            100..200 => "1xx",
            200..300 => "2xx",
            300..400 => "3xx",
            400..500 => "4xx",
            _ => "5xx",
        };
        self.requests.with_label_values(&[route, class]).inc();
        self.latency.with_label_values(&[route]).observe(took.as_secs_f64());
    }

    /// The gauge that [`serve`](super::serve::serve) keeps.
    pub fn open_connections(&self) -> IntGauge {
        self.open_connections.clone()
    }

    /// Counts a live stream until the guard is dropped: let the stream own it.
    pub fn live_stream(&self) -> LiveStream {
        self.live_streams.inc();
        LiveStream(self.live_streams.clone())
    }

    /// Everything in Prometheus' text format (version 0.0.4).
    ///
    /// # Errors
    /// Only if a metric is inconsistent in itself.
    pub fn text(&self) -> prometheus::Result<String> {
        TextEncoder::new().encode_to_string(&self.registry.gather())
    }
}

/// One open live stream, until dropped.
#[derive(Debug)]
pub struct LiveStream(IntGauge);

impl Drop for LiveStream {
    fn drop(&mut self) {
        self.0.dec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_has_counts_by_route_and_class() {
        let metrics = Metrics::new().unwrap();
        metrics.answered("/c/:id", StatusCode::OK, Duration::from_millis(2));
        metrics.answered("/c/:id", StatusCode::NOT_FOUND, Duration::from_millis(2));
        let (first, second) = (metrics.live_stream(), metrics.clone().live_stream());
        drop(first);
        let text = metrics.text().unwrap();
        for line in [
            r#"candour_requests_total{route="/c/:id",status="2xx"} 1"#,
            r#"candour_requests_total{route="/c/:id",status="4xx"} 1"#,
            r#"candour_request_seconds_bucket{route="/c/:id",le="0.0025"} 2"#,
            "candour_live_streams 1",
            "candour_open_connections 0",
        ] {
            assert!(text.lines().any(|each| each == line), "{line} is not in\n{text}");
        }
        drop(second);
    }
}
