//! Which API a path is, and which path a provider is asked on: whatever a client's path says, a provider's has no byte
//! in it that could end a line or begin a query.

use crate::choices::Choices;
use crate::sides::UPSTREAMS;
use tollgate_dialects::{Asked, RequestBody};

const BODY: &[u8] = br#"{"model":"m","messages":[{"role":"user","content":"x"}],"input":"x","prompt":"x","query":"q","documents":["a"],"texts":["a"],"input_type":"search_query"}"#;

/// Method, path, content type and the target's model, a line each.
pub fn check(data: &[u8]) {
    let mut choices = Choices::of(data);
    let upstream = choices.one_of(&UPSTREAMS);
    let mut lines = choices.rest().splitn(4, |byte| *byte == b'\n');
    let mut line = || lines.next().unwrap_or_default();
    let (method, path, content_type) = (line(), line(), line());
    let Ok(target_model) = std::str::from_utf8(line()) else { return };
    let Some(asked) = Asked::of(method, path) else { return };
    let asked = asked.with_content_type(Some(content_type));
    assert_eq!(asked, asked.clone().into_owned());
    let _ = (asked.operation(), asked.known_dialect(), asked.dialect());
    let Ok(request) = RequestBody::new(asked, BODY) else { return };
    assert!(request.model().len() <= path.len().max(1));
    let models = [target_model, request.model()];
    for model in models {
        let Ok(prepared) = request.prepare(upstream, model) else { continue };
        let path = prepared.exchange.path(&upstream, Some("/base"), model);
        assert!(path.starts_with("/base/"), "{path}");
        assert!(path.bytes().all(|byte| byte.is_ascii_graphic()), "{path:?}");
        assert!(path.matches('?').count() <= 1 && !path.contains('#'), "{path}");
        let (path, _) = path.split_once('?').unwrap_or((&path, ""));
        // However a model is called, it is one segment.
        let segments = path.split('/').count();
        let plain = prepared.exchange.path(&upstream, Some("/base"), "m");
        let (plain, _) = plain.split_once('?').unwrap_or((&plain, ""));
        assert_eq!(segments, plain.split('/').count(), "{path}");
        assert!(path.split('/').all(|segment| segment != ".." && segment != "."), "{path}");
    }
}
