using System.Net;
using System.Net.Sockets;
using SslAgent.Commands;
using SslAgent.Doctor;
using SslAgent.Storage;
using SslAgent.Tests.Commands;

namespace SslAgent.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public void A_writable_state_directory_is_good_and_nothing_is_left_behind()
    {
        string root = Path.Combine(Path.GetTempPath(), $"sslagent-doctor-{Guid.NewGuid():N}");

        IReadOnlyList<Finding> findings = [.. new DiskChecks(LocalDisk.Instance, TimeProvider.System).Run(root)];

        Assert.Equal(["state directory", "room", "fsync"], findings.Select(finding => finding.What));
        Assert.Equal(Outcome.Good, findings[0].Outcome);
        Assert.False(Directory.Exists(root));
    }

    [Fact]
    public void An_existing_state_directory_keeps_what_is_in_it()
    {
        string root = Directory.CreateTempSubdirectory("sslagent-doctor-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(root, "lineage.json"), "{}");

            Assert.Equal(3, new DiskChecks(LocalDisk.Instance, TimeProvider.System).Run(root).Count());

            Assert.Equal([Path.Combine(root, "lineage.json")], Directory.GetFileSystemEntries(root));
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    [Fact]
    public void A_state_directory_that_cannot_be_made_is_bad_with_the_reason_and_advice()
    {
        Finding finding = Assert.Single(new DiskChecks(LocalDisk.Instance, TimeProvider.System).Run("/dev/null/state"));

        Assert.Equal(Outcome.Bad, finding.Outcome);
        Assert.Contains("/dev/null/state", finding.Found);
        Assert.NotNull(finding.Advice);
    }

    [Fact]
    public void The_native_libraries_tell_their_versions()
    {
        IReadOnlyList<Finding> findings = [.. LibraryChecks.Run(TimeProvider.System)];

        Assert.All(findings, finding => Assert.True(finding.Outcome == Outcome.Good, $"{finding.What}: {finding.Found}"));
        Assert.All(findings.Where(finding => finding.What.StartsWith("lib", StringComparison.Ordinal)), finding => Assert.Matches(@"\d+\.\d+", finding.Found));
    }

    [Fact]
    public void A_clock_from_before_the_build_is_bad()
    {
        Assert.Equal(Outcome.Bad, MachineChecks.Clock(DateTimeOffset.UnixEpoch).Outcome);
        Assert.Equal(Outcome.Good, MachineChecks.Clock(DateTimeOffset.MaxValue).Outcome);
    }

    [Fact]
    public async Task A_broker_that_listens_answers_and_one_that_does_not_is_named()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        string there = listener.LocalEndpoint.ToString()!;

        Finding good = await BrokerChecks.RunAsync(there, TimeProvider.System, TestContext.Current.CancellationToken);
        listener.Stop();
        Finding bad = await BrokerChecks.RunAsync(there, TimeProvider.System, TestContext.Current.CancellationToken);

        Assert.Equal(Outcome.Good, good.Outcome);
        Assert.Equal(Outcome.Warning, bad.Outcome);
        Assert.Contains(there, bad.Found);
    }

    [Fact]
    public async Task The_command_exits_4_where_something_is_bad_and_speaks_json()
    {
        (int code, string output, _) = await Sslagent.RunAsync("doctor", "--state", "/dev/null/state", "-o", "json");

        Assert.Equal(ExitCode.Environment, code);
        using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(output);
        Assert.Contains(document.RootElement.EnumerateArray(), finding => finding.GetProperty("outcome").GetString() == "Bad");
    }
}
