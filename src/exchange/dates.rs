//! Dates as offices write them.

use jiff::civil::Date;

use super::text::normal;

/// Reads a date in any usual form, or says that it is none.
///
/// Taken: `2024-01-15`, `2024/1/15`, `2024.1.5`, `2024年1月5日`, `20240115`, 二〇二四年一月五日, all also in full width
/// and followed by a time of day, which is dropped. Years 1900 to 2199. A month without a day, a two-digit year, an Excel serial
/// number and a date that no calendar has (2023-02-29) are not dates.
pub fn read_date(text: &str) -> Option<Date> {
    let text = normal(text);
    let (day, rest) = numbered(&text).or_else(|| written(&text))?;
    let rest = rest.trim_start();
    if rest.is_empty() || is_time(rest) { Some(day) } else { None }
}

fn numbered(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = digits(text)?;
    if year.len() == 8 {
        return Some((date(year.get(..4)?, year.get(4..6)?, year.get(6..)?)?, rest));
    }
    let (mark, rest) = separator(rest)?;
    let (month, rest) = digits(rest)?;
    let (second, rest) = separator(rest)?;
    let (day, rest) = digits(rest)?;
    let rest = match (mark, second) {
        ('年', '月') => rest.trim_start().strip_prefix(['日', '号'])?,
        ('-' | '/' | '.', same) if same == mark => rest,
        _ => return None,
    };
    Some((date(year, month, day)?, rest))
}

fn digits(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    if end == 0 { None } else { Some(text.split_at(end)) }
}

fn separator(text: &str) -> Option<(char, &str)> {
    let mut chars = text.trim_start().chars();
    let mark = match chars.next()? {
        '—' | '–' | '‐' | '−' => '-',
        '。' => '.',
        other => other,
    };
    Some((mark, chars.as_str()))
}

fn date(year: &str, month: &str, day: &str) -> Option<Date> {
    if year.len() != 4 || month.len() > 2 || day.len() > 2 {
        return None;
    }
    let year: i16 = year.parse().ok()?;
    if !(1900..2200).contains(&year) {
        return None;
    }
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `10:20`, `T10:20:00.000Z`, `0:00:00`: what follows the date in exports of databases.
fn is_time(text: &str) -> bool {
    let text = text.strip_prefix('T').unwrap_or(text);
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.contains(':')
        && text.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '+' | '-' | 'Z'))
}

/// 二〇二四年一月五日, as it stands at the foot of a document.
fn written(text: &str) -> Option<(Date, &str)> {
    let (year, rest) = text.split_once('年')?;
    let (month, rest) = rest.split_once('月')?;
    let (day, rest) = rest.split_once('日')?;
    let year: String =
        year.trim().chars().map(han_digit).collect::<Option<Vec<u8>>>()?.iter().map(u8::to_string).collect();
    let month = han_number(month.trim())?.to_string();
    let day = han_number(day.trim())?.to_string();
    Some((date(&year, &month, &day)?, rest))
}

fn han_digit(c: char) -> Option<u8> {
    let all = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let c = if matches!(c, '○' | '零' | 'Ｏ' | '０' | '◯' | 'O') { '〇' } else { c };
    all.iter().position(|d| *d == c).and_then(|i| u8::try_from(i).ok())
}

/// 一 to 三十一.
fn han_number(text: &str) -> Option<u8> {
    let Some((tens, ones)) = text.split_once('十') else {
        let mut chars = text.chars();
        let digit = han_digit(chars.next()?)?;
        return if chars.next().is_none() { Some(digit) } else { None };
    };
    let one = |part: &str, absent: u8| {
        if part.is_empty() { Some(absent) } else { part.chars().next().and_then(han_digit) }
    };
    let alone = tens.chars().count() <= 1 && ones.chars().count() <= 1;
    if alone { Some(one(tens, 1)? * 10 + one(ones, 0)?) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_forms_are_read() {
        let expected = Date::new(2024, 1, 5).unwrap();
        for text in [
            "2024-01-05",
            "2024/1/5",
            "2024.1.5",
            "2024年1月5日",
            "2024 年 1 月 5 日",
            "20240105",
            " ２０２４－０１－０５ ",
            "2024-01-05 10:20",
            "2024-01-05T00:00:00",
            "2024/1/5 0:00:00",
            "二〇二四年一月五日",
            "二○二四年一月五日",
        ] {
            assert_eq!(read_date(text), Some(expected), "{text}");
        }
        assert_eq!(read_date("二〇〇九年十二月三十一日"), Date::new(2009, 12, 31).ok());
        assert_eq!(read_date("二〇〇九年十月二十日"), Date::new(2009, 10, 20).ok());
    }

    #[test]
    fn what_is_no_date_is_not_guessed() {
        for text in [
            "",
            "2023-02-29",
            "2024-13-01",
            "2024-1",
            "2024年6月",
            "24-01-05",
            "45306",
            "2024-01/05",
            "2024-01-05abc",
            "1899-12-31",
            "2024年1月5",
            "20240230",
            "202401055",
            "明年",
            "2024--05",
            "九年一月一日",
            "二〇二四年一月三十二日",
            "2024-01-05:",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn every_day_survives_its_forms(days in 0i32..109_572) {
            let day = Date::new(1900, 1, 1).unwrap().checked_add(jiff::Span::new().days(days)).unwrap();
            let (y, m, d) = (day.year(), day.month(), day.day());
            for text in [day.to_string(), format!("{y}/{m}/{d}"), format!("{y}年{m}月{d}日"), format!("{y}{m:02}{d:02}")] {
                proptest::prop_assert_eq!(read_date(&text), Some(day));
            }
        }

        #[test]
        fn no_text_panics(text in ".*") {
            let _ = read_date(&text);
        }
    }
}
