//! Errors become answers in one place: pages for people, problem+json for programs.

use std::sync::Arc;

use poem::{Endpoint, Error, IntoResponse, Middleware, Request, Response, Result};

use super::log::RequestId;

/// Draws errors as answers. The pages and the API each have their way; whoever composes the routes says which is due.
pub trait ErrorDrawing: Send + Sync + 'static {
    /// What is kept of a request in case it fails. Made for every request, so keep it small.
    type Context: Send;

    /// Looks at the request before it goes in.
    fn remember(&self, request: &Request) -> Self::Context;

    /// Draws `error`. `error.data::<RequestId>()` is the id to show with a fault.
    fn draw(&self, context: Self::Context, error: Error) -> Response;
}

/// The layer that draws errors.
#[derive(Debug)]
pub struct DrawErrors<D>(pub Arc<D>);

impl<E: Endpoint, D: ErrorDrawing> Middleware<E> for DrawErrors<D> {
    type Output = ErrorsDrawn<E, D>;

    fn transform(&self, inner: E) -> Self::Output {
        ErrorsDrawn { inner, drawing: self.0.clone() }
    }
}

/// The endpoint that [`DrawErrors`] makes.
#[derive(Debug)]
pub struct ErrorsDrawn<E, D> {
    inner: E,
    drawing: Arc<D>,
}

impl<E: Endpoint, D: ErrorDrawing> Endpoint for ErrorsDrawn<E, D> {
    type Output = Response;

    async fn call(&self, request: Request) -> Result<Response> {
        let context = self.drawing.remember(&request);
        match self.inner.call(request).await {
            Ok(answer) => Ok(answer.into_response()),
            Err(error) => {
                let id = error.data::<RequestId>().copied();
                let mut response = self.drawing.draw(context, error);
                if let Some(id) = id {
                    id.stamp(&mut response);
                }
                Ok(response)
            }
        }
    }
}
