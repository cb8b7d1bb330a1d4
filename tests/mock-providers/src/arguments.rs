//! The command line.

/// What the command line looks like.
pub const USAGE: &str = "usage: mock-providers [--openai ADDR] [--anthropic ADDR] [--bedrock ADDR] \
    [--gemini ADDR] [--cohere ADDR] [--exit-with-stdin]";

/// The command line, read.
#[derive(Debug, PartialEq)]
pub struct Arguments {
    /// Where OpenAI listens.
    pub openai: String,
    /// Where Anthropic listens.
    pub anthropic: String,
    /// Where Bedrock listens.
    pub bedrock: String,
    /// Where Gemini listens.
    pub gemini: String,
    /// Where Cohere listens.
    pub cohere: String,
    /// Whether to exit when stdin is closed.
    pub exit_with_stdin: bool,
}

impl Arguments {
    /// Reads the arguments that follow the program's name.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let anywhere = || "127.0.0.1:0".to_string();
        let mut arguments = Self {
            openai: anywhere(),
            anthropic: anywhere(),
            bedrock: anywhere(),
            gemini: anywhere(),
            cohere: anywhere(),
            exit_with_stdin: false,
        };
        while let Some(word) = words.next() {
            let mut address = || words.next().ok_or(format!("{word} needs an address"));
            match word.as_str() {
                "--openai" => arguments.openai = address()?,
                "--anthropic" => arguments.anthropic = address()?,
                "--bedrock" => arguments.bedrock = address()?,
                "--gemini" => arguments.gemini = address()?,
                "--cohere" => arguments.cohere = address()?,
                "--exit-with-stdin" => arguments.exit_with_stdin = true,
                _ => return Err(format!("unknown argument {word}")),
            }
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, String> {
        Arguments::parse(line.split_whitespace().map(String::from))
    }

    #[test]
    fn reads_addresses_and_refuses_the_rest() {
        let read = parse("--anthropic 127.0.0.1:9 --bedrock 127.0.0.1:8 --exit-with-stdin").unwrap();
        assert_eq!(read.openai, "127.0.0.1:0");
        assert_eq!(read.anthropic, "127.0.0.1:9");
        assert_eq!(read.bedrock, "127.0.0.1:8");
        assert!(read.exit_with_stdin);
        assert!(parse("--openai").unwrap_err().contains("needs an address"));
        assert!(parse("--port 1").unwrap_err().contains("--port"));
    }
}
