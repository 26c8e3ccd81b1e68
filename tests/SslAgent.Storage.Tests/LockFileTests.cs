using System.Diagnostics;

namespace SslAgent.Storage.Tests;

public sealed class LockFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lock-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_second_taker_is_refused_with_the_owners_name_and_time()
    {
        string path = Path.Combine(_directory, "lock");
        using LockFile first = LockFile.Take(path, "sslagent run", new FixedTime(DateTimeOffset.UnixEpoch.AddDays(1)));

        StorageException refusal = Assert.Throws<StorageException>(() => LockFile.Take(path, "sslagent checkpoints rollback", TimeProvider.System));

        Assert.Equal(StorageFault.Locked, refusal.Fault);
        Assert.Contains($"sslagent run, process {Environment.ProcessId}", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("since 1970-01-02T00:00:00Z", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_lock_is_taken_again_and_names_its_new_owner()
    {
        string path = Path.Combine(_directory, "lock");
        LockFile.Take(path, "a rather long name of the first owner", TimeProvider.System).Dispose();

        using LockFile second = LockFile.Take(path, "second", TimeProvider.System);

        Assert.StartsWith("second, process", LockFile.Owner(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_process_is_kept_out_while_the_lock_is_held_and_let_in_after()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("the flock command is Linux's");
        string path = Path.Combine(_directory, "lock");
        using (LockFile.Take(path, "sslagent run", TimeProvider.System)) Assert.NotEqual(0, TryFromAnotherProcess(path));
        Assert.Equal(0, TryFromAnotherProcess(path));
    }

    [Fact]
    public void Root_leaves_the_state_of_another_user_alone()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess) Assert.Skip("only root can give a file to another user");
        string path = Path.Combine(_directory, "lock");
        LockFile.Take(path, "sslagent run", TimeProvider.System).Dispose();
        GiveTo("65534", path);

        StorageException refusal = Assert.Throws<StorageException>(() => LockFile.Take(path, "sslagent checkpoints rollback", TimeProvider.System));

        Assert.Equal(StorageFault.Denied, refusal.Fault);
        Assert.Contains("belongs to user 65534", refusal.Message, StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(_directory));
        // Without a lock file any other tells whose the state is.
        File.Move(path, Path.Combine(_directory, "lineage.json"));
        Assert.Equal(StorageFault.Denied, Assert.Throws<StorageException>(() => LockFile.Take(path, "sslagent run", TimeProvider.System)).Fault);
        GiveTo("0", Path.Combine(_directory, "lineage.json"));
        LockFile.Take(path, "sslagent run", TimeProvider.System).Dispose();
    }

    private static void GiveTo(string user, string path)
    {
        using Process chown = Process.Start("chown", [user, path]);
        chown.WaitForExit();
        Assert.Equal(0, chown.ExitCode);
    }

    private static int TryFromAnotherProcess(string path)
    {
        using Process process = Process.Start("flock", ["--nonblock", path, "true"]);
        process.WaitForExit();
        return process.ExitCode;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
