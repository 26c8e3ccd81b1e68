using SslAgent.Domain;
using SslAgent.Ingest.Kafka;

namespace SslAgent.Ingest.Tests.Kafka;

public sealed class BeginningTests
{
    private static readonly PartitionPosition Own = new("t", 0, Epoch: 2, NextOffset: 100);

    [Fact]
    public void A_partition_that_nobody_knows_begins_as_configured() =>
        Assert.Equal(new Beginning(BeginningKind.Fresh, 0, PartitionState.Unknown), Beginning.Of(null, null, null, false));

    [Fact]
    public void One_that_only_the_group_knows_begins_at_its_offset() =>
        Assert.Equal(new Beginning(BeginningKind.Committed, 0, 70), Beginning.Of(null, 70, null, false));

    [Theory]
    [InlineData(null)]
    [InlineData(100L)]
    public void Without_another_word_the_journal_holds(long? committed) =>
        Assert.Equal(new Beginning(BeginningKind.Own, 2, 100), Beginning.Of(Own, committed, new CommitBounds(2, 90, 95), false));

    [Theory]
    [InlineData(90L)]
    [InlineData(93L)]
    [InlineData(95L)]
    [InlineData(97L)]
    public void What_a_crash_before_the_commit_leaves_is_no_reset(long committed) =>
        Assert.Equal(new Beginning(BeginningKind.OwnAfterCrash, 2, 100), Beginning.Of(Own, committed, new CommitBounds(2, 90, 95), false));

    [Theory]
    [InlineData(0L)]
    [InlineData(89L)]
    public void Below_what_was_acknowledged_somebody_set_it_back(long committed) =>
        Assert.Equal(new Beginning(BeginningKind.SetBack, 2, committed), Beginning.Of(Own, committed, new CommitBounds(2, 90, 95), false));

    [Fact]
    public void Beyond_all_that_was_sent_somebody_set_it_forward() =>
        Assert.Equal(new Beginning(BeginningKind.SetForward, 2, 130), Beginning.Of(Own, 130, new CommitBounds(2, 90, 100), false));

    [Fact]
    public void A_journal_that_lost_its_end_is_filled_again_and_nothing_is_passed_over() =>
        Assert.Equal(new Beginning(BeginningKind.OwnAfterCrash, 2, 100), Beginning.Of(Own, 130, new CommitBounds(2, 110, 140), false));

    [Theory]
    [InlineData(40L)]
    [InlineData(130L)]
    public void Commits_of_another_epoch_or_of_nobody_say_nothing(long committed)
    {
        Assert.Equal(new Beginning(BeginningKind.OwnUnexplained, 2, 100), Beginning.Of(Own, committed, new CommitBounds(1, 90, 95), false));
        Assert.Equal(new Beginning(BeginningKind.OwnUnexplained, 2, 100), Beginning.Of(Own, committed, null, false));
    }

    [Fact]
    public void What_another_member_read_meanwhile_is_passed_over_whoever_committed_before() =>
        Assert.Equal(new Beginning(BeginningKind.AfterOthers, 2, 130), Beginning.Of(Own, 130, null, wasElsewhere: true));
}
