//! Values that are the same in every API.

use super::{Failed, Parse, Raw, Reader};

impl<'a> Parse<'a> for Raw<'a> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        reader.raw()
    }
}

/// A value that most objects do not have: it takes no space in those.
impl<'a, T: Parse<'a>> Parse<'a> for Box<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        T::parse(reader).map(Self::new)
    }
}

/// A value that is known to be there, and no more.
#[derive(Clone, Copy, Debug)]
pub struct Ignored;

impl Parse<'_> for Ignored {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.skip().map(|_| Self)
    }
}

impl<'a, T: Parse<'a>> Parse<'a> for Vec<T> {
    fn parse(reader: &mut Reader<'a>) -> Result<Self, Failed> {
        let mut items = Self::new();
        reader.array(&mut |reader| {
            items.push(T::parse(reader)?);
            Ok(())
        })?;
        Ok(items)
    }
}

impl Parse<'_> for bool {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.bool()
    }
}

impl Parse<'_> for u64 {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.whole()
    }
}

impl Parse<'_> for f64 {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        reader.float("a number")
    }
}

impl Parse<'_> for usize {
    fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
        Ok(Self::try_from(reader.whole()?).unwrap_or(Self::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Few, Raw, Text, parse, shape};
    use serde::de::IgnoredAny;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    shape! { Inner { text: Text<'a>, number: f64, count: u64, flag: bool, any: Ignored } }
    shape! { Outer { list: Few<Inner<'a>>, one: Inner<'a>, raw: Raw<'a> } }

    #[test]
    fn numbers_are_what_they_are_to_serde_json() {
        for case in
            ["0", "-0", "7", "-7", "1.5", "1e3", "18446744073709551615", "18446744073709551616", "1e999", "01", "-"]
        {
            assert_eq!(parse::<u64>(case).ok(), serde_json::from_str(case).ok(), "{case}");
            assert_eq!(parse::<f64>(case).ok(), serde_json::from_str(case).ok(), "{case}");
        }
    }

    #[test]
    fn what_is_no_json_is_not_read() {
        let cases = [
            r#"{"list":[{"text":"a","number":-1.5e3,"count":2,"flag":true,"any":[{}]},{}],"one":{"any":null},"raw":{"a":[]}}"#,
            r#" { "list" : [ ] , "one" : null , "new" : "x" } "#,
            r#"{"list":[{}],}"#,
            r#"{"list":[{},]}"#,
            r#"{"list":[,{}]}"#,
            r#"{"list":[{}{}]}"#,
            r#"{"list":[{}"#,
            r#"{"list" []}"#,
            r#"{list:[]}"#,
            r#"{"one":{"flag":tru}}"#,
            r#"{"one":nul}"#,
            r#"{"one":{}}}"#,
            r#"{"raw":[1,]}"#,
            r#"{"new":01}"#,
            r#"{"new":}"#,
            "",
            "{",
        ];
        for case in cases {
            let expected = serde_json::from_str::<IgnoredAny>(case).is_ok();
            assert_eq!(parse::<Outer<'_>>(case).is_ok(), expected, "{case}");
        }
    }

    #[test]
    fn nesting_has_an_end() {
        struct Deep;
        impl Parse<'_> for Deep {
            fn parse(reader: &mut Reader<'_>) -> Result<Self, Failed> {
                reader.array(&mut |reader| Self::parse(reader).map(|_| ()))?;
                Ok(Self)
            }
        }
        assert!(parse::<Deep>(&("[".repeat(127) + &"]".repeat(127))).is_ok());
        assert!(parse::<Deep>(&("[".repeat(128) + &"]".repeat(128))).is_err());
    }
}
