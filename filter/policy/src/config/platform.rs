//! Reads how a provider is addressed, and which server it is.

use super::Surroundings;
use super::rules;
use super::value::{Value, quoted};
use crate::provider::Platform;

const EXPECTED: &str = "a platform; expected {\"azure\": {\"api_version\": \"...\"}}, \
                        {\"vertex\": {\"project\": \"...\", \"location\": \"...\"}} or \"aws\"";

/// Reads a platform. It must serve `dialect`, as far as that is known.
pub(super) fn read<D: Copy + PartialEq>(
    value: &Value<'_>,
    dialect: Option<D>,
    known: &Surroundings<'_, D>,
) -> Option<Platform> {
    let (name, platform) = match value.choice_name() {
        Some("aws") => ("aws", Some(Platform::Aws)),
        Some(_) => return value.not(EXPECTED),
        None => {
            let entries = value.entries(EXPECTED)?;
            let [(name, settings)] = entries.as_slice() else { return value.not(EXPECTED) };
            (*name, read_settings(name, settings, value))
        }
    };
    let platform = platform?;
    if dialect.is_some_and(|dialect| !(known.serves)(name, dialect)) {
        let of_platform = known.dialects.iter().filter(|(_, dialect)| (known.serves)(name, *dialect));
        let names: Vec<_> = of_platform.map(|(name, _)| quoted(name)).collect();
        value.fail(format!("{} does not serve this dialect; it serves {}", quoted(name), names.join(", ")));
        return None;
    }
    Some(platform)
}

fn read_settings(name: &str, settings: &Value<'_>, platform: &Value<'_>) -> Option<Platform> {
    match name {
        "azure" => {
            let fields = settings.fields(&["api_version"])?;
            let version = fields.required("api_version", rules::SEGMENT.expected)?.text_like(&rules::SEGMENT)?;
            Some(Platform::Azure { api_version: version.into() })
        }
        "vertex" => {
            let fields = settings.fields(&["project", "location"])?;
            let text = |field| fields.required(field, rules::SEGMENT.expected)?.text_like(&rules::SEGMENT);
            let (project, location) = (text("project"), text("location"));
            Some(Platform::Vertex { project: project?.into(), location: location?.into() })
        }
        "aws" => settings.fields(&[]).map(|_| Platform::Aws),
        _ => {
            platform.unknown(name, "a platform", Platform::NAMES.into_iter());
            None
        }
    }
}

/// Reads the name of a server that speaks `dialect`.
pub(super) fn read_server<D: Copy + PartialEq>(
    value: &Value<'_>,
    dialect: Option<D>,
    known: &Surroundings<'_, D>,
) -> Option<&'static str> {
    let name = value.text("the name of a server")?;
    let Some(&(name, speaks)) = known.servers.iter().find(|(server, _)| *server == name) else {
        value.unknown(name, "a server that is known here", known.servers.iter().map(|(name, _)| *name));
        return None;
    };
    if dialect.is_some_and(|dialect| dialect != speaks) {
        value.fail(format!("{} does not speak this dialect", quoted(name)));
        return None;
    }
    Some(name)
}
