using SslAgent.Auditing;
using SslAgent.Domain;
using SslAgent.Replay;

namespace SslAgent.Tests.Auditing;

public sealed class DerivationTests
{
    [Fact]
    public void The_journal_says_of_each_version_what_it_stands_on()
    {
        JournalRecord[] decisions =
        [
            Started(1), Ended(1, 1, VerdictKind.Promote),
            new JournalRecord.TokenizerFrozen([7], 300, 1000),
            Started(2), Ended(2, 2, VerdictKind.Reject),
            Started(3), new JournalRecord.CycleAbandoned(new CycleNumber(3), "a test"),
            Started(4), new JournalRecord.BudgetReached(new CycleNumber(4), 5), Ended(4, 3, VerdictKind.Hold),
            new JournalRecord.RolledBack(new ModelVersion(1), 2, new ModelVersion(4), ReplayRollback.Keep, "a test", []),
            new JournalRecord.Forgotten(new ModelVersion(4), new ModelVersion(5), "camera", null, "a test", []),
            new JournalRecord.HistoryRetired(3, "a test"),
            Started(5), Ended(5, 6, VerdictKind.Promote),
            new JournalRecord.RolledBack(new ModelVersion(3), 9, new ModelVersion(7), ReplayRollback.Keep, "a test", []) { Accepts = true },
        ];

        IReadOnlyList<Derivation> all = Derivation.AllOf([.. decisions.Select((record, at) => new NumberedRecord(10 * at, record))]);

        Assert.Equal([1, 2, 3, 4, 5, 6, 7], all.Select(derivation => derivation.Version.Number));
        Assert.Equal([10, 40, 90, 100, 110, 140, 150], all.Select(derivation => derivation.At));
        Derivation.Trained[] trained = [.. all.OfType<Derivation.Trained>()];
        // After the reject the promoted one is stood on again, after the rollback the version that says so.
        Assert.Equal([null, 1, 1, 5], trained.Select(one => one.Open.Parent?.Number));
        Assert.Equal([0, 30, 70, 130], trained.Select(one => one.Open.Sequence));
        Assert.Equal([null, 7, 7, 7], trained.Select(one => (int?)one.TokenizerJson?[0]));
        Assert.Equal(
            [(4, 1, VersionKind.Rollback), (5, 4, VersionKind.Forget), (7, 3, VersionKind.Accept)],
            all.OfType<Derivation.Anew>().Select(anew => (anew.Version.Number, anew.Of.Number, anew.Kind)));
    }

    private static JournalRecord.CycleStarted Started(int cycle) => new(new CycleNumber(cycle), "{}", "cpu", "test");

    private static JournalRecord.CycleEnded Ended(int cycle, int version, VerdictKind verdict) =>
        new(new CycleNumber(cycle), 5, new ModelVersion(version), new Verdict(verdict, []), []);
}
