using SslAgent.Commands;
using SslAgent.Demo;
using SslAgent.Domain;
using SslAgent.Pipeline;
using SslAgent.Storage;

namespace SslAgent.EndToEnd.Tests;

/// <summary>Pretraining that goes on from a version, and what it refuses, by the commands that a user types.</summary>
public sealed class PretrainFromTests : IDisposable
{
    private const int Pictures = 64;

    private readonly PretrainPlace _place = new();
    private readonly string _data;

    public PretrainFromTests() => _data = _place.Write("some/data_batch_1.bin", PackedPictures.Cifar(Some(0), PackedPictures.ClassOf));

    public void Dispose() => _place.Dispose();

    [Fact]
    public async Task Stopped_and_begun_again_it_goes_on_from_there_and_goes_back_once()
    {
        string[] more = [_data, "--from", "v1", "--stage", "mae:6"];
        foreach (string state in (string[])["undisturbed", "disturbed"]) await _place.PretrainAsync(state, _data, "--stage", "mae:2");
        int before = _place.Versions("undisturbed").Count;
        Assert.True(before >= 2, $"{before} versions");

        string output = await _place.PretrainAsync("undisturbed", more);
        Assert.Contains("stage 1 of 1: mae, 6 epochs", output, StringComparison.Ordinal);
        Assert.DoesNotContain("of them done", output, StringComparison.Ordinal);
        IReadOnlyList<VersionManifest> undisturbed = _place.Versions("undisturbed");
        VersionManifest back = undisturbed.Single(version => version.Kind == VersionKind.Rollback);
        Assert.Equal((new ModelVersion(before + 1), new ModelVersion(1)), (back.Version, back.RolledBackTo!.Value));
        Assert.True(undisturbed.Count > before + 2, $"{undisturbed.Count} versions");

        Assert.True(await _place.PretrainInLivesAsync("disturbed", more) >= 2, "it was stopped at least once");
        Assert.Equal(Digests(undisturbed), Digests(_place.Versions("disturbed")));

        // All is done: the same command finds nothing left to do, and other stages begin anew.
        output = await _place.PretrainAsync("disturbed", more);
        Assert.Contains("went back to v1 before, and goes on from there", output, StringComparison.Ordinal);
        Assert.Equal(Digests(undisturbed), Digests(_place.Versions("disturbed")));
        await _place.PretrainAsync("disturbed", _data, "--from", "v1", "--stage", "simsiam:1");
        Assert.Equal(2, _place.Versions("disturbed").Count(version => version.RolledBackTo == new ModelVersion(1)));
    }

    [Fact]
    public async Task It_goes_on_from_a_version_that_a_rollback_left_behind()
    {
        await _place.PretrainAsync("state", _data, "--stage", "mae:2");
        VersionManifest left = _place.Versions("state")[0];
        (int code, string output, string error) = await _place.TypeAsync("checkpoints rollback", "state", "v1", "--replay", "keep", "--reason", "a try");
        Assert.True(code == ExitCode.Ok, output + error);

        string other = _place.Write("more/data_batch_1.bin", PackedPictures.Cifar(Some(Pictures), PackedPictures.ClassOf));
        await _place.PretrainAsync("state", other, "--from", $"{left.Version}", "--stage", "mae:0.5");
        IReadOnlyList<VersionManifest> versions = _place.Versions("state");
        VersionManifest back = versions.Single(version => version.RolledBackTo == left.Version), next = versions[0];
        Assert.Equal((left.Version.Number + 2, left.WeightsDigest), (back.Version.Number, back.WeightsDigest));
        Assert.Equal(back.Version, versions.Single(version => version.Version.Number == back.Version.Number + 1).Parent);
        Assert.NotEqual(left.WeightsDigest, next.WeightsDigest);
        Assert.Equal(2 * Pictures, await _place.AdmittedAsync("state"));
    }

    [Fact]
    public async Task What_cannot_be_gone_on_from_is_refused_before_anything_is_read()
    {
        await _place.PretrainAsync("state", _data, "--stage", "mae:1");
        long admitted = await _place.AdmittedAsync("state");
        string other = _place.Write("more/data_batch_1.bin", PackedPictures.Cifar(Some(Pictures), PackedPictures.ClassOf));

        await RefuseAsync(ExitCode.Refused, "there is no version v99; the newest are v1", "state", "--from", "v99");
        await RefuseAsync(ExitCode.Refused, "model.frameWidth is 64, and 32 in the stored state", "state", "--from", "v1", "--set", "model:frameWidth=64");
        await RefuseAsync(ExitCode.Refused, "there is no version v1, and no other yet", "another", "--from", "v1");
        await RefuseAsync(ExitCode.Usage, "'the first' is no version", "state", "--from", "the first");
        using (LockFile.Take(new StateDirectory(_place.StateOf("state")).LockFile, "a test", TimeProvider.System)) await RefuseAsync(ExitCode.Refused, "a test", "state");

        Assert.Equal(admitted, await _place.AdmittedAsync("state"));
        Assert.Single(_place.Versions("state"));

        async Task RefuseAsync(int expected, string says, string state, params string[] words)
        {
            (int code, string output, string error) = await _place.TypeAsync("pretrain", state, [other, "--stage", "mae:1", .. words]);
            Assert.True(code == expected, $"{code}: {output}{error}");
            Assert.Contains(says, error, StringComparison.Ordinal);
        }
    }

    private static IEnumerable<EmojiPair> Some(int from) => PackedPictures.Emoji.Skip(from).Take(Pictures);

    private static string[] Digests(IReadOnlyList<VersionManifest> versions) => [.. versions.Select(version => $"{version.Version} {version.WeightsDigest}")];
}
