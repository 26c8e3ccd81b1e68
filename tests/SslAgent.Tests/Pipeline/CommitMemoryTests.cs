using Microsoft.Extensions.Logging.Abstractions;
using SslAgent.Domain;
using SslAgent.Ingest.Kafka;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.Tests.Pipeline;

public sealed class CommitMemoryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sslagent-commits-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_sent_is_remembered_over_a_crash_and_what_was_acknowledged_bounds_it_from_below()
    {
        CommitMemory memory = Open();
        Assert.Null(memory.FindCommit("t", 0));
        Assert.True(memory.TryRemember([At(10)]));
        Assert.Null(memory.FindCommit("t", 0));
        memory.Acknowledged("t", 0, 10);
        Assert.True(memory.TryRemember([At(20)]));
        Assert.True(memory.TryRemember([At(30)]));
        Assert.Equal(new CommitBounds(0, 10, 30), Open().FindCommit("t", 0));
        memory.Acknowledged("t", 0, 20);
        Assert.Equal(new CommitBounds(0, 20, 30), memory.FindCommit("t", 0));
    }

    [Fact]
    public void An_older_commit_that_is_sent_again_and_answered_late_may_be_what_kafka_has()
    {
        CommitMemory memory = Open();
        memory.TryRemember([At(10)]);
        memory.Acknowledged("t", 0, 10);
        memory.TryRemember([At(20)]);
        memory.TryRemember([At(30)]);
        memory.Acknowledged("t", 0, 30);
        memory.Acknowledged("t", 0, 20);
        Assert.Equal(new CommitBounds(0, 20, 30), memory.FindCommit("t", 0));
        memory.Acknowledged("t", 0, 30);
        Assert.Equal(new CommitBounds(0, 30, 30), memory.FindCommit("t", 0));
    }

    [Fact]
    public void The_last_acknowledgements_are_kept_at_the_end()
    {
        using (CommitMemory memory = Open())
        {
            memory.TryRemember([At(10)]);
            memory.Acknowledged("t", 0, 10);
        }

        Assert.Equal(new CommitBounds(0, 10, 10), Open().FindCommit("t", 0));
    }

    [Fact]
    public void A_new_epoch_knows_nothing_until_its_own_first_acknowledgement_and_that_one_is_taken_with_care()
    {
        CommitMemory memory = Open();
        memory.TryRemember([At(100)]);
        memory.Acknowledged("t", 0, 100);
        memory.TryRemember([At(11, epoch: 1)]);
        Assert.Null(memory.FindCommit("t", 0));
        memory.Acknowledged("t", 0, 100);
        Assert.Null(memory.FindCommit("t", 0));
        memory.TryRemember([At(40, epoch: 1)]);
        memory.Acknowledged("t", 0, 40);
        Assert.Equal(new CommitBounds(1, 11, 40), memory.FindCommit("t", 0));
        memory.Acknowledged("t", 0, 40);
        Assert.Equal(new CommitBounds(1, 40, 40), memory.FindCommit("t", 0));
    }

    [Fact]
    public void A_journal_that_lost_its_end_does_not_lower_what_kafka_may_have()
    {
        CommitMemory memory = Open();
        memory.TryRemember([At(50)]);
        memory.Acknowledged("t", 0, 50);
        memory.TryRemember([At(30)]);
        Assert.Equal(new CommitBounds(0, 50, 50), memory.FindCommit("t", 0));
    }

    [Theory]
    [InlineData("other", null)]
    [InlineData("group", "{ \"group\": \"group\", \"partitions\": [ { \"topic\": \"t\" } ] }")]
    [InlineData("group", "no JSON")]
    public void Another_group_and_a_damaged_file_say_nothing_and_stop_nothing(string group, string? content)
    {
        using (CommitMemory memory = Open())
        {
            memory.TryRemember([At(10)]);
            memory.Acknowledged("t", 0, 10);
        }

        if (content is not null) File.WriteAllText(Path.Combine(_folder, "commits.json"), content);
        Assert.Null(Open(group).FindCommit("t", 0));
    }

    [Fact]
    public void Where_the_disk_does_not_take_it_nothing_may_be_sent()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "commits.json.tmp"));
        CommitMemory memory = Open();
        Assert.False(memory.TryRemember([At(10)]));
        Directory.Delete(Path.Combine(_folder, "commits.json.tmp"));
        Assert.True(memory.TryRemember([At(10)]));
    }

    private CommitMemory Open(string group = "group") => new(LocalDisk.Instance, Path.Combine(_folder, "commits.json"), group, NullLogger.Instance);

    private static PartitionPosition At(long next, int epoch = 0) => new("t", 0, epoch, next);
}
