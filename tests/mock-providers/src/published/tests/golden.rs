use crate::published::{Kind, check};
use serde_json::Value;
use std::path::Path;

/// Which kind of request a golden file holds, by what is in its name.
const OUTPUTS: &[(&str, Kind)] = &[
    ("-to-openai", Kind::OpenAiChat),
    ("-to-responses", Kind::OpenAiResponses),
    ("-to-anthropic", Kind::AnthropicMessages),
    ("-to-gemini", Kind::GeminiGenerateContent),
    ("-to-bedrock", Kind::BedrockConverse),
    ("-to-cohere", Kind::CohereChat),
];

#[test]
fn translations_are_what_the_sdks_publish() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../filter/dialects/tests/golden/requests");
    let (mut checked, mut wrong) = (0, Vec::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let text = std::fs::read_to_string(&path).unwrap();
        let Some((body, _losses)) = text.rsplit_once("\ndropped: ") else { continue };
        let body = body.splitn(3, "---\n").nth(2).expect("a snapshot begins with what insta says of it");
        let Some((_, kind)) = OUTPUTS.iter().find(|(part, _)| name.contains(part)) else {
            panic!("{name}: what kind of request is this?");
        };
        let mut body: Value = serde_json::from_str(body).unwrap();
        if *kind == Kind::AnthropicMessages {
            // They go out in the first version of the API; the SDK publishes the second.
            body.as_object_mut().unwrap().retain(|key, _| !["temperature", "top_p", "top_k"].contains(&key.as_str()));
        }
        checked += 1;
        wrong.extend(check(*kind, &body).err().map(|error| format!("{name}: {error}")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(checked > 0, "there are golden files");
}
