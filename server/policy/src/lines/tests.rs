use super::*;

fn problems(text: &str) -> Vec<String> {
    TenantLines::read(text).unwrap_err().iter().map(ToString::to_string).collect()
}

#[test]
fn lines_come_back_as_they_were_written() {
    let text =
        "# Ours\n\n  allow , viewer,figures ,export   # for the board\r\ndeny, executive, figures, export\n";
    let read = TenantLines::read(text).unwrap();
    let written: Vec<String> = read.lines().iter().map(ToString::to_string).collect();
    assert_eq!(written, ["allow, viewer, figures, export", "deny, executive, figures, export"]);
    assert_eq!(TenantLines::read(&written.join("\n")), Ok(read));
    assert_eq!(TenantLines::read(""), Ok(TenantLines::default()));
}

#[test]
fn every_problem_is_said_at_once_with_its_line() {
    let text = "allow, viewer, figures\n\
                # a comment\n\
                permit, viewer, figures, export\n\
                allow, boss, figures, export\n\
                allow, viewer, numbers, export\n\
                \n\
                allow, viewer, figures, launch\n\
                allow, viewer, figures, export\n\
                allow, comms-lead, roll-joined, read\n\
                allow, viewer, figures, export\n\
                deny, viewer, figures, export, please\n\
                deny, viewer, figures, export\n";
    assert_eq!(
        problems(text),
        [
            "line 1: a line has four values, and this one has 3: write it as `allow, viewer, figures, export`",
            "line 3: \"permit\" is neither `allow` nor `deny`",
            "line 4: there is no role \"boss\": use one of operator, comms-lead, moderator, analyst, facilitator, \
             staff-side, management-side, executive, viewer, support",
            "line 5: there is no kind \"numbers\": use one of console, figures, campaign, branding, organisation, \
             roll, roll-joined, post, participant, content, account, role, policy, audit, key, tenant, platform, \
             support",
            "line 7: \"launch\" cannot be done to `figures`: use one of read, export",
            "line 9: take this line out: nobody may see who on the roll has joined: then taking part, or not, \
             would have consequences",
            "line 10: this says the same as line 8: keep one of them",
            "line 11: a line has four values, and this one has 5: write it as `allow, viewer, figures, export`",
            "line 12: this says the opposite of line 10: keep the one that you mean",
        ]
    );
}

#[test]
fn names_are_read_exactly() {
    for text in
        ["Allow, viewer, figures, export", "allow, Viewer, figures, export", "allow; viewer; figures; export"]
    {
        assert_eq!(problems(text).len(), 1, "{text}");
    }
    assert!(problems("allow, \"viewer\", figures, export")[0].contains("there is no role"));
    // Nothing of a line reaches casbin but names that we know: neither another domain nor a pattern.
    for text in ["allow, *, figures, export", "p, viewer, *, figures", "allow, viewer, figures, *"] {
        assert_eq!(problems(text).len(), 1, "{text}");
    }
}

#[test]
fn too_much_is_refused() {
    let line = "allow, viewer, figures, export\n";
    let long = line.repeat(MAX_TEXT_BYTES / line.len() + 1);
    assert_eq!(TenantLines::read(&long), Err(vec![PolicyProblem { line: 1, wrong: Wrong::TooMuch }]));
    let many = line.repeat(MAX_LINES + 1);
    let problems = TenantLines::read(&many).unwrap_err();
    assert!(problems.contains(&PolicyProblem { line: MAX_LINES as u64 + 1, wrong: Wrong::TooMuch }));
}
