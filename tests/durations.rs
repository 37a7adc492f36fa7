//! Every time limit that published procedures print is read, or reported with what it could mean.

use motcua::deadline::Reading;

#[test]
fn every_printed_duration_is_read_or_reported() {
    let mut reader = csv::Reader::from_reader(include_str!("data/durations.csv").as_bytes());
    let (mut read, mut reported, mut report) = (0u32, 0u32, String::new());
    for row in reader.records() {
        let row = row.unwrap();
        let (text, count) = (&row[1], row[2].parse::<u32>().unwrap());
        match Reading::of(text) {
            Ok(reading) => {
                read += count;
                report += &format!("{count:3} × {text:?}: {} {:?}\n", reading.limit, reading.clauses);
            }
            Err(error) => {
                reported += count;
                let (en, vi) = (error.to_string(), error.vi());
                assert!(en.contains(';') && vi.contains("hãy") && en != vi, "what to do is said: {en}");
                report += &format!("{count:3} × {text:?}: {}: {en}\n", error.code());
            }
        }
    }
    println!("{report}read: {read}, reported: {reported}");
    assert_eq!((read, reported), (57, 129), "a changed count is a change of what is read");
}

#[test]
fn the_forms_of_documents() {
    for (text, expected) in [
        ("0,5 ngày làm việc", "0.5 working_day"),
        ("1/2 ngày", "0.5 day"),
        ("04 giờ", "4 hour"),
        ("3 NGÀY", "3 day"),
        ("trong ngày", "same_day"),
        ("Không quy định", "not_stated"),
        ("-1", "not_stated"),
        ("mười bảy (17) ngày", "17 day"),
        ("hai mươi mốt ngày làm việc", "21 working_day"),
        ("Không quá ba mươi lăm (35) ngày", "35 day"),
        ("một trăm linh năm ngày", "105 day"),
        ("năm ngày", "5 day"),
        ("năm (05) năm", "5 year"),
        ("02 tuần", "2 week"),
        ("Trong thời hạn 10 ngày làm việc kể từ ngày nhận đủ hồ sơ hợp lệ", "10 working_day"),
        ("0,5 tháng", "0.5 month"),
        ("2 ngày rưỡi", "2.5 day"),
        ("hai ngày rưỡi", "2.5 day"),
        ("hai mươi năm", "20 year"),
        ("mười lăm ngày", "15 day"),
        ("một trăm mười ngày", "110 day"),
    ] {
        assert_eq!(Reading::of(text).unwrap().limit.to_string(), expected, "{text}");
    }
    for (text, part, choices) in [
        ("05 làm việc", "05 làm việc", "5 working_day, 5 working_hour"),
        ("mười bảy (13) ngày", "mười bảy (13)", "17 day, 13 day"),
        ("7", "`7`", "7 hour, 7 working_hour, 7 day, 7 working_day"),
        ("15 ngày; 20 ngày", "20 ngày", "15 day, 20 day"),
        ("3 ngày 4 giờ", "3 ngày 4 giờ", "3 day, 4 hour"),
        ("05 ngày đến 07 ngày", "05 ngày", "5 day, 7 day"),
        ("10 ngày hoặc 15 ngày", "hoặc", "10 day, 15 day"),
        ("10 ngày làm việc đối với A, 15 ngày làm việc đối với B", "A", "10 working_day, 15 working_day"),
        ("1.000 ngày", "1.000", "1, 1000"),
    ] {
        let error = Reading::of(text).unwrap_err();
        assert_eq!(error.code(), "deadline.unclear", "{text}");
        assert!(error.to_string().contains(part) && error.to_string().contains(choices), "{error}");
    }
}

#[test]
fn no_text_is_too_deep() {
    let deep = "totaltime=\"".repeat(20_000) + "5" + &"\"".repeat(20_000);
    assert!(Reading::of(&deep).is_err());
    assert!(Reading::of(&"(".repeat(100_000)).is_err());
    assert!(Reading::of("mười mười ngày").is_err());
}

proptest::proptest! {
    #[test]
    fn reading_never_panics(text in "[0-9 ,./()\\[\\]a-zàâđêôươừăáạảãéẹýứíìụ;:\"+-]{0,40}") {
        let _ = Reading::of(&text);
    }
}
