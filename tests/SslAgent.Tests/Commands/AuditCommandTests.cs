using SslAgent.Auditing;
using SslAgent.Commands;
using SslAgent.Domain;

namespace SslAgent.Tests.Commands;

/// <summary>What scripts rely on. What an audit finds is tested over real versions, in the end-to-end tests.</summary>
public sealed class AuditCommandTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("audit-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(ExitCode.Ok, AuditOutcome.Equal, AuditOutcome.NotComparable, AuditOutcome.OutOfReach)]
    [InlineData(ExitCode.Ok, AuditOutcome.NotComparable)]
    [InlineData(ExitCode.Ok, AuditOutcome.WithinNoise)]
    [InlineData(ExitCode.Failed, AuditOutcome.Equal, AuditOutcome.Differs, AuditOutcome.OutOfReach)]
    [InlineData(ExitCode.Refused, AuditOutcome.OutOfReach, AuditOutcome.OutOfReach)]
    internal void The_exit_code_is_the_worst_that_is_known(int expected, params AuditOutcome[] outcomes)
    {
        AuditedVersion[] versions = [.. outcomes.Select((outcome, at) => new AuditedVersion(
            new ModelVersion(at + 1), outcome, VersionKind.Cycle, null, new CycleNumber(at + 1), 5, null, null, 0, [], []))];
        Assert.Equal(expected, AuditCommand.CodeOf(new AuditReport(versions, new AuditReach(null, null, 0, 4, 0, 0, null))));
    }

    [Fact]
    public async Task Where_there_is_no_state_it_says_so()
    {
        (int code, _, string error) = await Sslagent.RunAsync("audit", "--state", _root);

        Assert.Equal(ExitCode.Refused, code);
        Assert.Contains("holds no agent's state", error);
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }
}
