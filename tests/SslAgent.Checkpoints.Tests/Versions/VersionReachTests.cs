using System.Text.Json;
using SslAgent.Domain;
using static SslAgent.Checkpoints.Tests.Store;

namespace SslAgent.Checkpoints.Tests;

public sealed class VersionReachTests
{
    [Fact]
    public void While_the_first_version_is_within_the_horizon_the_journal_leads_on_from_its_beginning()
    {
        Assert.Null(VersionReach.Base([], 4, completeFrom: 0));
        Assert.Null(VersionReach.Base(Line(3), 4, completeFrom: 0));
        Assert.Equal(V(1), VersionReach.Base(Line(5), 4, completeFrom: 0)?.Version);
        Assert.Equal(V(2), VersionReach.Base(Line(6), 4, completeFrom: 0)?.Version);
    }

    [Fact]
    public void A_parent_far_back_is_where_its_child_is_derived_from()
    {
        // v5 was trained from v2, after v3 and v4 had been rejected.
        VersionManifest[] versions = [Cycle(6, 5), Cycle(5, 2), Cycle(4, 2), Cycle(3, 2), Cycle(2, 1), Cycle(1, null)];
        Assert.Equal(V(2), VersionReach.Base(versions, 2, completeFrom: 0)?.Version);
        Assert.Equal([5, 2], VersionReach.Seeds(versions, 2).Select(seed => seed.Version.Number));
    }

    [Fact]
    public void Nothing_is_derived_of_a_rollback_so_its_target_does_not_hold_the_journal()
    {
        VersionManifest[] versions = [Cycle(8, 7), Rollback(7, 1), Cycle(6, 5), Cycle(5, 4), Cycle(1, null)];
        Assert.Equal(V(6), VersionReach.Base(versions, 2, completeFrom: 0)?.Version);
        // It is still gone back to by whoever folds the record again, so it stays.
        Assert.Equal([7, 1], VersionReach.Seeds(versions, 2).Select(seed => seed.Version.Number));
    }

    [Fact]
    public void Parents_without_moments_and_versions_from_before_what_is_complete_lead_to_nothing()
    {
        VersionManifest[] versions = [Cycle(6, 5), Cycle(5, 2), Cycle(4, 2), Cycle(2, 1) with { HasTrainingState = false }, Cycle(1, null)];
        Assert.Equal(V(4), VersionReach.Base(versions, 2, completeFrom: 0)?.Version);
        Assert.Equal(V(5), VersionReach.Base(versions, 4, completeFrom: 50)?.Version);
        Assert.Null(VersionReach.Base(versions, 4, completeFrom: 61));
    }

    [Fact]
    public void Retention_leaves_the_parents_within_the_horizon_whole_whatever_the_counts_say()
    {
        using TemporaryDirectory directory = new();
        VersionStore store = Open(directory);
        store.Add(1);
        for (int version = 2; version <= 9; version++) store.Add(version, version - 1);
        store.Prune(new RetentionPolicy(1, 1, 1, long.MaxValue, AuditHorizon: 4));
        Assert.Equal([9, 8, 7, 6, 5], store.List().Where(manifest => manifest.HasTrainingState).Select(manifest => manifest.Version.Number));
    }

    private static VersionManifest[] Line(int count) => [.. Enumerable.Range(1, count).Reverse().Select(number => Cycle(number, number == 1 ? null : number - 1))];

    private static VersionManifest Rollback(int version, int to) => Cycle(version, to) with { Kind = VersionKind.Rollback, RolledBackTo = V(to) };

    private static VersionManifest Cycle(int version, int? parent) => new(
        V(version), parent is { } p ? V(p) : null, null, VersionKind.Cycle, "l", DateTimeOffset.UnixEpoch, new CycleNumber(version), 1, 10 * version, [],
        Verdict.Promoted, ProbeReport.Empty, null, "raw", "digest", JsonDocument.Parse("{}").RootElement, "cpu", HasTrainingState: true, null, []);
}
