//! What an image is taken for, by the formula that each provider publishes.
//!
//! - OpenAI: <https://developers.openai.com/api/docs/guides/images-vision>
//! - Anthropic: <https://platform.claude.com/docs/en/build-with-claude/vision>
//! - Google: <https://ai.google.dev/gemini-api/docs/tokens>, <https://ai.google.dev/gemini-api/docs/media-resolution>
//! - Amazon: <https://docs.aws.amazon.com/nova/latest/userguide/modalities-image.html>, and of Nova 2
//! - Cohere: <https://docs.cohere.com/docs/image-inputs>

use super::header::Size;
use crate::Dialect;

/// How closely a model shall look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Detail {
    #[default]
    Auto,
    Low,
    Medium,
    High,
    /// OpenAI's `original`, Google's ultra high resolution.
    Original,
}

/// An image of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) size: Option<Size>,
    pub(super) detail: Detail,
}

/// The size of an image that is not in the request, or does not say it.
const ASSUMED: Size = Size { width: 1024, height: 1024 };

/// The longest side that any provider takes.
const LONGEST: u32 = 8_000;

/// What an image costs, as a function of its size.
#[derive(Clone, Copy, Debug)]
enum Formula {
    /// Scaled into a square of 2048 and then to a shorter side of 768, and cut into tiles of 512: so much for the image,
    /// which is all if little detail is wanted, and so much for each tile.
    Tiles { base: u16, tile: u16 },
    /// Patches of `side` pixels, after the image has been scaled down until its longer side and the number of its
    /// patches are in bounds. Each is so many hundredths of a token.
    Patches { side: u16, bounds: Bounds, low: Option<Bounds>, original: Option<Bounds>, hundredths: u16 },
    /// As many whatever the size, by detail: low, medium, high, and the highest.
    Flat([u16; 4]),
    /// Tiles of 768 pixels, each so many; small images are one.
    Crops(u16),
    /// So many pixels a token.
    Area(u16),
    /// Tiles of 512 pixels and one for the whole, 256 each, with at most twelve; one if little detail is wanted.
    Squares,
}

#[derive(Clone, Copy, Debug)]
struct Bounds {
    longest: u16,
    patches: u16,
}

const fn openai(patches: u16, hundredths: u16) -> Formula {
    Formula::Patches { side: 32, bounds: Bounds { longest: 2048, patches }, low: None, original: None, hundredths }
}

const fn claude(longest: u16, patches: u16) -> Formula {
    Formula::Patches { side: 28, bounds: Bounds { longest, patches }, low: None, original: None, hundredths: 100 }
}

/// OpenAI's models since GPT-5.4.
const GPT: Formula = Formula::Patches {
    side: 32,
    bounds: Bounds { longest: 2048, patches: 2500 },
    low: Some(Bounds { longest: 512, patches: 256 }),
    original: Some(Bounds { longest: 6000, patches: 10_000 }),
    hundredths: 120,
};
/// Claude since Opus 4.7.
const CLAUDE: Formula = claude(2576, 4784);
const CLAUDE_4: Formula = claude(1568, 1568);
const GEMINI: Formula = Formula::Flat([280, 560, 1120, 2240]);
const GPT_4: Formula = Formula::Tiles { base: 85, tile: 170 };
const REASONING: Formula = Formula::Tiles { base: 75, tile: 150 };

/// What a model's name has in it, and its formula. The first that fits counts, so the special stand before the general.
const MODELS: &[(&str, Formula)] = &[
    ("gpt-4o-mini", Formula::Tiles { base: 2833, tile: 5667 }),
    ("gpt-4.1-mini", openai(1536, 162)),
    ("gpt-4.1-nano", openai(1536, 246)),
    ("gpt-5-mini", openai(1536, 162)),
    ("gpt-5-nano", openai(1536, 246)),
    ("gpt-5.4-mini", openai(1536, 162)),
    ("gpt-5.4-nano", openai(1536, 246)),
    ("o4-mini", openai(1536, 172)),
    ("codex-mini", openai(1536, 172)),
    ("gpt-5.2", openai(1536, 120)),
    ("gpt-5.3", openai(1536, 120)),
    ("gpt-5.1", Formula::Tiles { base: 70, tile: 140 }),
    ("gpt-5.", GPT),
    ("gpt-5", Formula::Tiles { base: 70, tile: 140 }),
    ("gpt-4", GPT_4),
    ("chatgpt-4o", GPT_4),
    ("computer-use", Formula::Tiles { base: 65, tile: 129 }),
    ("o1", REASONING),
    ("o3", REASONING),
    ("gpt", GPT),
    ("claude-3", CLAUDE_4),
    ("claude-opus-4-7", CLAUDE),
    ("claude-opus-4-8", CLAUDE),
    ("claude-opus-4", CLAUDE_4),
    ("claude-sonnet-4", CLAUDE_4),
    ("claude-haiku-4", CLAUDE_4),
    ("claude", CLAUDE),
    ("gemini-1", Formula::Crops(258)),
    ("gemini-2", Formula::Crops(258)),
    ("gemini", GEMINI),
    ("nova-2", Formula::Flat([230; 4])),
    ("nova", Formula::Area(650)),
    ("command", Formula::Squares),
    ("aya", Formula::Squares),
];

/// Where the model's name says nothing.
fn usual(dialect: Dialect) -> Formula {
    match dialect {
        Dialect::OpenAi | Dialect::Responses => GPT,
        Dialect::Anthropic => CLAUDE,
        Dialect::Gemini => GEMINI,
        Dialect::Bedrock => CLAUDE_4,
        Dialect::Cohere => Formula::Squares,
    }
}

/// The tokens of `images` for `model` at a provider of `dialect`. Which do not say how closely to look at them, are
/// looked at in `resolution`.
pub(super) fn tokens(images: &[Image], resolution: Detail, dialect: Dialect, model: &str) -> u64 {
    if images.is_empty() {
        return 0;
    }
    let named = MODELS.iter().find(|(name, _)| is_named(model, name));
    let formula = named.map_or_else(|| usual(dialect), |(_, formula)| *formula);
    images.iter().fold(0, |sum: u64, image| {
        let detail = if image.detail == Detail::Auto { resolution } else { image.detail };
        sum.saturating_add(formula.tokens(image.size.unwrap_or(ASSUMED).clamped(), detail))
    })
}

/// Does `model` have `name` in it, not in the middle of a word? Platforms and resellers write things before it.
pub(super) fn is_named(model: &str, name: &str) -> bool {
    let mut before = b'/';
    (0..model.len()).any(|at| {
        let rest = model.as_bytes().get(at..).unwrap_or_default();
        let is_here = !before.is_ascii_alphanumeric() && rest.starts_with(name.as_bytes());
        before = rest.first().copied().unwrap_or(before);
        is_here
    })
}

impl Formula {
    fn tokens(self, size: Size, detail: Detail) -> u64 {
        match self {
            Self::Tiles { base, .. } if detail == Detail::Low => u64::from(base),
            Self::Tiles { base, tile } => {
                let size = size.scaled_to(2048, size.longer());
                let size = size.scaled_to(768, size.shorter());
                size.tiles(512).saturating_mul(u64::from(tile)).saturating_add(u64::from(base))
            }
            Self::Patches { side, bounds, low, original, hundredths } => {
                let asked = match detail {
                    Detail::Low => low,
                    Detail::Original => original,
                    _ => None,
                };
                let patches = size.patches(u32::from(side), asked.unwrap_or(bounds));
                patches.saturating_mul(u64::from(hundredths)).div_ceil(100)
            }
            Self::Flat([low, medium, high, highest]) => u64::from(match detail {
                Detail::Low => low,
                Detail::Medium => medium,
                Detail::Auto | Detail::High => high,
                Detail::Original => highest,
            }),
            Self::Crops(tile) if size.longer() <= 384 => u64::from(tile),
            Self::Crops(tile) => size.tiles(768).saturating_mul(u64::from(tile)),
            Self::Area(pixels) => {
                let area = size.scaled_to(1568, size.longer()).area();
                area.div_ceil(u64::from(pixels.max(1)))
            }
            Self::Squares if detail == Detail::Low => 256,
            Self::Squares => size.tiles(512).min(12).saturating_add(1).saturating_mul(256),
        }
    }
}

impl Size {
    /// No provider takes larger images: a header that says so must not cost a fortune.
    fn clamped(self) -> Self {
        Self { width: self.width.min(LONGEST), height: self.height.min(LONGEST) }
    }

    fn longer(self) -> u32 {
        self.width.max(self.height)
    }

    fn shorter(self) -> u32 {
        self.width.min(self.height)
    }

    fn area(self) -> u64 {
        u64::from(self.width).saturating_mul(u64::from(self.height))
    }

    fn tiles(self, side: u32) -> u64 {
        u64::from(self.width.div_ceil(side)).saturating_mul(u64::from(self.height.div_ceil(side)))
    }

    /// Made smaller, if it must be, so that what is `now` as long becomes `most`.
    fn scaled_to(self, most: u32, now: u32) -> Self {
        if now <= most {
            return self;
        }
        self.scaled(f64::from(most) / f64::from(now))
    }

    fn scaled(self, factor: f64) -> Self {
        // The casts saturate; nothing here is below zero.
        let scaled = |side: u32| ((f64::from(side) * factor + 0.5) as u32).max(1);
        Self { width: scaled(self.width), height: scaled(self.height) }
    }

    /// The patches of the largest image of the same shape that is in bounds.
    fn patches(self, side: u32, bounds: Bounds) -> u64 {
        let most = u64::from(bounds.patches);
        let size = self.scaled_to(u32::from(bounds.longest), self.longer());
        let patches = size.tiles(side);
        if patches <= most {
            return patches;
        }
        let room = f64::from(bounds.patches) * f64::from(side) * f64::from(side);
        let shrunk = (room / size.area() as f64).sqrt();
        // Then once more, to whole patches along the side that loses more by it.
        let whole = |length: u32| {
            let patches = f64::from(length) * shrunk / f64::from(side);
            patches.floor().max(1.0) / patches
        };
        let shrunk = shrunk * whole(size.width).min(whole(size.height));
        // What is a whole number must not be rounded up because it is not written exactly.
        let along = |length: u32| (f64::from(length) * shrunk / f64::from(side) - 1e-6).ceil().max(1.0) as u64;
        along(size.width).saturating_mul(along(size.height)).min(most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn one(model: &str, width: u32, height: u32, detail: Detail) -> u64 {
        tokens(&[Image { size: Some(Size { width, height }), detail }], Detail::Auto, Dialect::OpenAi, model)
    }

    #[test]
    fn openais_own_examples() {
        assert_eq!(one("gpt-4o", 1024, 1024, Detail::High), 765);
        assert_eq!(one("gpt-4o", 2048, 4096, Detail::High), 1105);
        assert_eq!(one("gpt-4o", 4096, 8192, Detail::Low), 85);
        assert_eq!(one("openai/gpt-4.1-mini", 1024, 1024, Detail::Auto), 1659);
        // 33 x 44 patches: the image is filled up to whole ones.
        assert_eq!(one("o4-mini-2025-04-16", 1800, 2400, Detail::Auto), (1452u64 * 172).div_ceil(100));
        assert_eq!(one("gpt-5.4", 3200, 3200, Detail::Auto), 3000);
        assert_eq!(one("gpt-5.4", 3200, 3200, Detail::Original), 12_000);
        assert_eq!(one("gpt-5.4", 3200, 3200, Detail::Low), 308);
    }

    #[test]
    fn anthropics_own_examples() {
        assert_eq!(one("claude-sonnet-4-5", 200, 200, Detail::Auto), 64);
        assert_eq!(one("claude-opus-5-5", 1000, 1000, Detail::Auto), 1296);
        assert_eq!(one("us.anthropic.claude-haiku-4-5-20251001-v1:0", 4000, 4000, Detail::Auto), 1521);
        assert_eq!(one("claude-opus-4-8", 4000, 4000, Detail::Auto), 4761);
    }

    #[test]
    fn googles_amazons_and_coheres() {
        assert_eq!(one("gemini-2.5-flash", 384, 384, Detail::Auto), 258);
        assert_eq!(one("gemini-2.5-flash", 1536, 800, Detail::Auto), 4 * 258);
        assert_eq!(one("gemini-3-flash-preview", 3000, 10, Detail::Auto), 1120);
        assert_eq!(one("gemini-3-flash-preview", 3000, 10, Detail::Low), 280);
        assert!((1200..1400).contains(&one("us.amazon.nova-pro-v1:0", 900, 900, Detail::Auto)));
        assert_eq!(one("us.amazon.nova-2-lite-v1:0", 900, 900, Detail::Auto), 230);
        assert_eq!(one("command-a-vision-07-2025", 2000, 1500, Detail::High), 3328);
        assert_eq!(one("command-a-vision-07-2025", 2000, 1500, Detail::Low), 256);
    }

    #[test]
    fn a_name_that_says_nothing_is_of_the_providers_newest() {
        let image = [Image { size: None, detail: Detail::Auto }];
        assert_eq!(tokens(&image, Detail::Auto, Dialect::Anthropic, "mine"), 37 * 37);
        assert_eq!(tokens(&image, Detail::Auto, Dialect::Responses, "deployment-1"), (1024u64 * 120).div_ceil(100));
        // Not `o1` in the middle of a word.
        assert_eq!(tokens(&image, Detail::Auto, Dialect::Gemini, "proto1"), 1120);
    }

    #[test]
    fn no_size_is_too_large() {
        for (name, _) in MODELS {
            for size in [1, 100_000, u32::MAX] {
                assert!(one(name, size, 1, Detail::Auto) < 100_000, "{name}");
                assert!(one(name, size, size, Detail::Original) > 0, "{name}");
            }
        }
    }
}
