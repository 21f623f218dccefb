use super::*;
use crate::memory_state::{MemoryState, Moved};

const ALL: &str = "all";

/// A state with the entries `b`, `d` and `f`.
fn state() -> MemoryState {
    let state = MemoryState::new();
    let entries = ["b", "d", "f"].map(|key| (shared(ALL, key), Some(key.as_bytes().to_vec())));
    let others = [(shared("alm", "z"), Some(vec![1])), (shared("am", "a"), Some(vec![1]))];
    let changes = Changes { written: entries.into_iter().chain(others).collect(), ..Changes::default() };
    state.apply(None, &changes).unwrap();
    state
}

fn view(state: &MemoryState, access: Access) -> View {
    View::new(Arc::new(state.snapshot()), access, 1, &Budget::PAGE)
}

async fn keys(view: &mut View, after: Option<&str>, max: u32) -> Vec<String> {
    let entries = view.scan(ALL, after, max).await.unwrap().unwrap();
    entries.into_iter().map(|entry| entry.key).collect()
}

#[tokio::test]
async fn a_call_sees_the_snapshot_with_its_own_writes_in_order() {
    let mut view = view(&state(), Access::Write);
    assert_eq!(keys(&mut view, None, 10).await, ["b", "d", "f"]);
    for (key, value) in [("a", "new"), ("d", ""), ("e", "new"), ("b", "other"), ("x", "")] {
        view.put(shared(ALL, key), value.into()).unwrap().unwrap();
    }
    assert_eq!(keys(&mut view, None, 10).await, ["a", "b", "e", "f"]);
    assert_eq!(keys(&mut view, None, 2).await, ["a", "b"]);
    assert_eq!(keys(&mut view, Some("b"), 1).await, ["e"]);
    assert_eq!(keys(&mut view, Some("f"), 1).await, [""; 0]);
    assert_eq!(view.count(ALL).await.unwrap(), Ok(4));
    assert_eq!(view.get(shared(ALL, "b")).await.unwrap(), Ok(Some(b"other".to_vec())));
    assert_eq!(view.get(shared(ALL, "d")).await.unwrap(), Ok(None));
}

#[tokio::test]
async fn what_was_read_by_key_must_not_have_moved() {
    let state = state();
    let mut one = view(&state, Access::Write);
    one.get(shared(ALL, "b")).await.unwrap().unwrap();
    one.get(shared(ALL, "new")).await.unwrap().unwrap();
    one.put(shared(ALL, "c"), vec![1]).unwrap().unwrap();
    let changes = one.into_changes();
    let mut other = view(&state, Access::Write);
    other.put(shared(ALL, "d"), vec![2]).unwrap().unwrap();
    state.apply(None, &other.into_changes()).unwrap();
    assert_eq!(state.apply(None, &changes), Ok(()), "nothing that it read has moved");
    let mut third = view(&state, Access::Write);
    third.put(shared(ALL, "new"), vec![3]).unwrap().unwrap();
    state.apply(None, &third.into_changes()).unwrap();
    assert_eq!(state.apply(None, &changes), Err(Moved), "what was not there when it looked is there now");
}

#[tokio::test]
async fn what_a_call_may_do_is_kept() {
    let state = state();
    let own = || Place::Own { participant: "one".to_owned(), key: "key".to_owned() };
    let not_allowed = Some(StateFailure::NotAllowed);
    for (access, own_read, shared_read, written, everyone) in [
        (Access::None, false, false, false, false),
        (Access::Read, true, true, false, false),
        (Access::Write, true, true, true, false),
        (Access::Everyone, false, true, false, true),
    ] {
        let mut view = view(&state, access);
        let refused = |may: bool| if may { None } else { not_allowed };
        assert_eq!(view.get(own()).await.unwrap().err(), refused(own_read), "{access:?}");
        assert_eq!(view.get(shared(ALL, "b")).await.unwrap().err(), refused(shared_read), "{access:?}");
        assert_eq!(view.scan(ALL, None, 1).await.unwrap().err(), refused(shared_read), "{access:?}");
        assert_eq!(view.count(ALL).await.unwrap().err(), refused(shared_read), "{access:?}");
        assert_eq!(view.released().await.unwrap().err(), refused(shared_read), "{access:?}");
        assert_eq!(view.put(own(), vec![1]).unwrap().err(), refused(written), "{access:?}");
        assert_eq!(view.everyone("key", None, 1).await.unwrap().err(), refused(everyone), "{access:?}");
    }
}

#[tokio::test]
async fn counting_beside_many_writes_is_paid_for() {
    let mut view = view(&state(), Access::Write);
    for number in 0..300 {
        view.put(shared(ALL, &format!("key-{number}")), vec![1]).unwrap().unwrap();
    }
    let error = view.count(ALL).await.unwrap_err();
    assert_eq!(error.downcast_ref(), Some(&Overrun::Calls));
}
