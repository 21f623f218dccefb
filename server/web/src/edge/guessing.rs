//! The limit on guessing codes: per network address, and per campaign over all addresses.
//!
//! A code has 80 random bits, so guessing is hopeless anyway; the limit keeps hopeless guessing from costing us work.
//! Only failures count in the end, because a whole hospital may share one address and enter in one meeting: an attempt
//! is taken up front (so that parallel guesses cannot slip through) and given back when the code was right.
//!
//! Own GCRA instead of the `governor` crate: its keyed limiters can neither give an attempt back nor bound their memory.
//!
//! Addresses are held only as keyed hashes. The key lives an hour, in memory, and is then overwritten together with all
//! that it hashed, so nobody, we included, can recover an address or link one across hours. With several processes each
//! keeps its own count.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use domain::{Entropy, clock::random_bytes};
use hmac::Mac;

use super::keyed_hash::keyed_hash;

/// Wrong codes that one address may try at once.
pub const ADDRESS_BURST: u32 = 30;
/// How long until an address has one more try.
pub const ADDRESS_REFILL: Duration = Duration::from_secs(10);
/// Requests, such as sign-ups, that one address may make at once: a hospital may share one, and sign up in one meeting.
pub const REQUEST_BURST: u32 = 600;
/// How long until an address has one more request.
pub const REQUEST_REFILL: Duration = Duration::from_secs(2);
/// Wrong codes that may be tried on one campaign at once, whatever the addresses.
pub const CAMPAIGN_BURST: u32 = 2_000;
/// How long until a campaign has one more try.
pub const CAMPAIGN_REFILL: Duration = Duration::from_millis(500);
/// Addresses and campaigns remembered at once, about 48 bytes each. Newcomers beyond it share one bucket.
pub const MAX_REMEMBERED: usize = 100_000;
/// How long a hash key lives.
pub const KEY_LIFE: Duration = Duration::from_secs(3_600);

/// The least time between two searches for entries that have run out, so that a full table is not searched each time.
const SWEEP_EVERY: Duration = Duration::from_secs(1);

/// Whether a code may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Go ahead, and call [`GuessLimit::give_back`] if the code was right.
    Allowed,
    /// Too many wrong codes: the next try may be made after this long.
    TryAgainIn(Duration),
}

/// How many tries, and how fast they come back.
#[derive(Debug, Clone, Copy)]
struct Quota {
    burst: u32,
    refill: Duration,
}

impl Quota {
    fn refill_ms(self) -> i64 {
        i64::try_from(self.refill.as_millis()).unwrap_or(i64::MAX)
    }

    fn window_ms(self) -> i64 {
        self.refill_ms().saturating_mul(i64::from(self.burst))
    }
}

const ADDRESS: Quota = Quota { burst: ADDRESS_BURST, refill: ADDRESS_REFILL };
const CAMPAIGN: Quota = Quota { burst: CAMPAIGN_BURST, refill: CAMPAIGN_REFILL };
const REQUESTS: Quota = Quota { burst: REQUEST_BURST, refill: REQUEST_REFILL };

/// What a bucket is known by: a keyed hash, cut to 16 bytes.
type Hashed = [u8; 16];

/// The bucket of all who came when the table was full. No hash is known to be all zero.
const OVERFLOW: Hashed = [0; 16];

/// Counts tries at codes.
pub struct GuessLimit {
    entropy: Arc<dyn Entropy>,
    state: Mutex<State>,
}

struct State {
    key: [u8; 32],
    key_since_ms: Option<i64>,
    /// When each bucket would be full again, ms of Unix time (GCRA's theoretical arrival time).
    full_at_ms: HashMap<Hashed, i64>,
    next_sweep_ms: i64,
}

impl GuessLimit {
    /// A limit whose keys come from `entropy`.
    pub fn new(entropy: Arc<dyn Entropy>) -> Self {
        let state =
            State { key: [0; 32], key_since_ms: None, full_at_ms: HashMap::new(), next_sweep_ms: i64::MIN };
        Self { entropy, state: Mutex::new(state) }
    }

    /// Takes a request from the address; refused ones cost nothing.
    pub fn take_request(&self, address: IpAddr, what: &[u8], now: DateTime<Utc>) -> Outcome {
        self.with_buckets(address, what, now, |state, buckets, now_ms| {
            let id = buckets[0].0;
            if let Ok(wait_ms @ 1..) = u64::try_from(state.wait_ms(&id, REQUESTS, now_ms)) {
                return Outcome::TryAgainIn(Duration::from_millis(wait_ms));
            }
            let full_at = state.full_at_ms.entry(id).or_insert(now_ms);
            *full_at = (*full_at).max(now_ms) + REQUESTS.refill_ms();
            Outcome::Allowed
        })
    }

    /// Gives the request back: it was one of those that may come as often as they like.
    pub fn give_back_request(&self, address: IpAddr, what: &[u8], now: DateTime<Utc>) {
        self.with_buckets(address, what, now, |state, buckets, _| {
            if let Some(full_at) = state.full_at_ms.get_mut(&buckets[0].0) {
                *full_at -= REQUESTS.refill_ms();
            }
        });
    }

    /// Takes a try from the address and from the campaign, or says when there is one; refused tries cost nothing. What is tried at
    /// one door says nothing about another: `campaign` names both.
    pub fn take(&self, address: IpAddr, campaign: &[u8], now: DateTime<Utc>) -> Outcome {
        self.with_buckets(address, campaign, now, |state, buckets, now_ms| {
            let [address, campaign] = buckets.map(|(id, quota)| state.wait_ms(&id, quota, now_ms));
            // However many guess, whoever has not guessed wrong themselves is let through: else a few thousand wrong codes would
            // keep everybody's good ones out.
            let clean = state.full_at_ms.get(&buckets[0].0).is_none_or(|full_at| *full_at <= now_ms);
            let wait_ms = if clean { address } else { address.max(campaign) };
            if let Ok(wait_ms @ 1..) = u64::try_from(wait_ms) {
                return Outcome::TryAgainIn(Duration::from_millis(wait_ms));
            }
            for (id, quota) in buckets {
                let full_at = state.full_at_ms.entry(id).or_insert(now_ms);
                *full_at = (*full_at).max(now_ms) + quota.refill_ms();
            }
            Outcome::Allowed
        })
    }

    /// Gives the try back: the code was right.
    pub fn give_back(&self, address: IpAddr, campaign: &[u8], now: DateTime<Utc>) {
        self.with_buckets(address, campaign, now, |state, buckets, _| {
            for (id, quota) in buckets {
                if let Some(full_at) = state.full_at_ms.get_mut(&id) {
                    *full_at -= quota.refill_ms();
                }
            }
        });
    }

    fn with_buckets<T>(
        &self,
        address: IpAddr,
        campaign: &[u8],
        now: DateTime<Utc>,
        act: impl FnOnce(&mut State, [(Hashed, Quota); 2], i64) -> T,
    ) -> T {
        let now_ms = now.timestamp_millis();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.renew_key(&*self.entropy, now_ms);
        state.sweep(now_ms);
        let address = state.bucket(b"address\0", &[campaign, &network_of(address)].concat());
        let campaign = state.bucket(b"campaign\0", campaign);
        act(&mut state, [(address, ADDRESS), (campaign, CAMPAIGN)], now_ms)
    }
}

impl std::fmt::Debug for GuessLimit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GuessLimit")
    }
}

impl State {
    fn renew_key(&mut self, entropy: &dyn Entropy, now_ms: i64) {
        let life_ms = KEY_LIFE.as_millis() as i64;
        // A clock set back must not lengthen the key's life.
        let lives = self.key_since_ms.is_some_and(|since| (since..since + life_ms).contains(&now_ms));
        if !lives {
            self.key = random_bytes(entropy);
            self.key_since_ms = Some(now_ms);
            self.full_at_ms.clear();
        }
    }

    fn sweep(&mut self, now_ms: i64) {
        if self.full_at_ms.len() >= MAX_REMEMBERED && now_ms >= self.next_sweep_ms {
            self.full_at_ms.retain(|_, full_at| *full_at > now_ms);
            self.next_sweep_ms = now_ms.saturating_add(SWEEP_EVERY.as_millis() as i64);
        }
    }

    fn bucket(&self, purpose: &[u8], name: &[u8]) -> Hashed {
        let mac = keyed_hash(&self.key).chain_update(purpose).chain_update(name);
        let mut hashed = Hashed::default();
        hashed.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        let full = self.full_at_ms.len() >= MAX_REMEMBERED;
        if full && !self.full_at_ms.contains_key(&hashed) { OVERFLOW } else { hashed }
    }

    fn wait_ms(&self, id: &Hashed, quota: Quota, now_ms: i64) -> i64 {
        let full_at = self.full_at_ms.get(id).copied().unwrap_or(now_ms).max(now_ms);
        full_at + quota.refill_ms() - quota.window_ms() - now_ms
    }
}

/// What counts as one address: all of an IPv4, the first 64 bits of an IPv6 (a household or site gets at least those).
fn network_of(address: IpAddr) -> Vec<u8> {
    match address.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::{Ipv4Addr, Ipv6Addr},
        sync::atomic::{AtomicU8, Ordering},
    };

    use super::*;

    /// Gives the bytes 1, 1, 1, …, then 2, 2, 2, …: each key differs from the last.
    #[derive(Default)]
    struct Counting(AtomicU8);

    impl Entropy for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }

    fn limit() -> GuessLimit {
        GuessLimit::new(Arc::new(Counting::default()))
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
    }

    fn home(last: u8) -> IpAddr {
        Ipv4Addr::new(192, 0, 2, last).into()
    }

    fn spend(limit: &GuessLimit, address: IpAddr, now: DateTime<Utc>) -> u32 {
        (0..1_000).take_while(|_| limit.take(address, b"c", now) == Outcome::Allowed).count() as u32
    }

    #[test]
    fn an_address_has_its_burst_and_regains_it_slowly() {
        let limit = limit();
        assert_eq!(spend(&limit, home(1), at(0)), ADDRESS_BURST);
        assert_eq!(limit.take(home(1), b"c", at(0)), Outcome::TryAgainIn(ADDRESS_REFILL));
        assert_eq!(limit.take(home(1), b"c", at(4)), Outcome::TryAgainIn(Duration::from_secs(6)));
        assert_eq!(spend(&limit, home(1), at(10)), 1);
        assert_eq!(spend(&limit, home(2), at(10)), ADDRESS_BURST);
    }

    #[test]
    fn right_codes_cost_nothing() {
        let limit = limit();
        for _ in 0..10 * CAMPAIGN_BURST {
            assert_eq!(limit.take(home(1), b"c", at(0)), Outcome::Allowed);
            limit.give_back(home(1), b"c", at(0));
        }
        assert_eq!(spend(&limit, home(1), at(0)), ADDRESS_BURST);
    }

    #[test]
    fn a_refused_try_does_not_lengthen_the_wait() {
        let limit = limit();
        spend(&limit, home(1), at(0));
        for _ in 0..100 {
            assert_eq!(limit.take(home(1), b"c", at(1)), Outcome::TryAgainIn(Duration::from_secs(9)));
        }
    }

    #[test]
    fn requests_that_are_given_back_cost_nothing() {
        let limit = limit();
        for _ in 0..REQUEST_BURST * 2 {
            assert_eq!(limit.take_request(home(1), b"r", at(0)), Outcome::Allowed);
            limit.give_back_request(home(1), b"r", at(0));
        }
        for _ in 0..REQUEST_BURST {
            assert_eq!(limit.take_request(home(1), b"r", at(0)), Outcome::Allowed);
        }
        assert_eq!(limit.take_request(home(1), b"r", at(0)), Outcome::TryAgainIn(REQUEST_REFILL));
        assert_eq!(limit.take_request(home(2), b"r", at(0)), Outcome::Allowed);
    }

    #[test]
    fn many_addresses_meet_the_campaigns_limit() {
        let limit = limit();
        let tries: u32 = (0..100).map(|last| spend(&limit, home(last), at(0))).sum();
        // Each address that came after the limit was met had its one try.
        assert!((CAMPAIGN_BURST..CAMPAIGN_BURST + 100).contains(&tries), "{tries}");
        assert_ne!(limit.take(home(99), b"c", at(0)), Outcome::Allowed);
        assert_eq!(limit.take(home(98), b"another", at(1_000)), Outcome::Allowed);
    }

    #[test]
    fn however_many_guess_a_good_code_comes_in() {
        let limit = limit();
        (0..200).for_each(|last| {
            spend(&limit, home(last), at(0));
        });
        assert_eq!(limit.take(home(250), b"c", at(0)), Outcome::Allowed);
    }

    #[test]
    fn a_site_is_one_address_in_ipv6() {
        let limit = limit();
        let address =
            |site: u16, device: u16| IpAddr::from(Ipv6Addr::new(0x2001, 0xdb8, 0, site, 0, 0, 0, device));
        spend(&limit, address(1, 1), at(0));
        assert_ne!(limit.take(address(1, 2), b"c", at(0)), Outcome::Allowed);
        assert_eq!(limit.take(address(2, 1), b"c", at(0)), Outcome::Allowed);
        let mapped = IpAddr::from(Ipv4Addr::new(192, 0, 2, 9).to_ipv6_mapped());
        spend(&limit, mapped, at(0));
        assert_ne!(limit.take(home(9), b"c", at(0)), Outcome::Allowed);
    }

    #[test]
    fn the_hour_takes_the_key_and_all_it_hashed() {
        let limit = limit();
        spend(&limit, home(1), at(0));
        let before = limit.state.lock().unwrap().key;
        assert_eq!(limit.take(home(1), b"c", at(3_600)), Outcome::Allowed);
        let state = limit.state.lock().unwrap();
        assert_ne!(state.key, before);
        assert_eq!(state.full_at_ms.len(), 2);
    }

    #[test]
    fn memory_is_bounded_and_newcomers_share_a_bucket() {
        let limit = limit();
        let stranger = |n: u32| IpAddr::from(Ipv4Addr::from_bits(0x0a00_0000 + n));
        for n in 0..MAX_REMEMBERED as u32 {
            // Each on a campaign of its own quota, so that only the table's size is at stake.
            limit.take(stranger(n / 2), &(n / 2).to_be_bytes(), at(0));
        }
        assert_eq!(limit.state.lock().unwrap().full_at_ms.len(), MAX_REMEMBERED);
        let newcomers = (0..1_000)
            .take_while(|n| {
                limit.take(stranger(500_000 + n), &0_u32.to_be_bytes(), at(0)) == Outcome::Allowed
            })
            .count();
        assert_eq!(newcomers as u32, ADDRESS_BURST);
        assert_eq!(limit.state.lock().unwrap().full_at_ms.len(), MAX_REMEMBERED + 1);
        assert_eq!(limit.take(stranger(900_000), &0_u32.to_be_bytes(), at(60)), Outcome::Allowed);
        assert!(limit.state.lock().unwrap().full_at_ms.len() < 10);
    }
}
