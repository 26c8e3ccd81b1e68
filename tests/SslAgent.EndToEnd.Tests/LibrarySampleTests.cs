using System.Diagnostics;
using System.Reflection;
using SslAgent.Demo;
using SslAgent.Ingest;
using SslAgent.Ingest.Frames;

namespace SslAgent.EndToEnd.Tests;

/// <summary>The sample of docs/library.md as its reader runs it, on pictures of a folder.</summary>
public sealed class LibrarySampleTests : IDisposable
{
    private const int Pictures = 12;

    private readonly string _root = Directory.CreateTempSubdirectory("sample-").FullName;
    private readonly CancellationToken _limit = new CancellationTokenSource(TimeSpan.FromMinutes(8)).Token;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public async Task The_sample_is_built_pretrains_on_a_folder_and_embeds_a_picture()
    {
        string pictures = Path.Combine(_root, "pictures");
        Directory.CreateDirectory(pictures);
        var codec = new VipsFrameCodec(new FrameOptions());
        foreach (EmojiPair pair in EmojiSet.Load(AssetsFolder.Emoji).Take(Pictures))
            await File.WriteAllBytesAsync(Path.Combine(pictures, $"{pair.Index:0000}.png"), codec.EncodePng(pair.Frame), _limit);

        string output = await DotnetAsync("run", "-c", "Release", $"-p:Stack={Stack()}", Path.Combine(Repository(), "docs", "examples", "pretrain.cs"), "--", pictures, Directory.GetFiles(pictures)[0], "3");
        Assert.Contains($"{Pictures} pictures, 128 numbers: ", output, StringComparison.Ordinal);
    }

    private async Task<string> DotnetAsync(params string[] words)
    {
        using Process process = Process.Start(new ProcessStartInfo("dotnet", words) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(_limit), error = process.StandardError.ReadToEndAsync(_limit);
        await process.WaitForExitAsync(_limit);
        string all = await output + await error;
        Assert.True(process.ExitCode == 0, all);
        return all;
    }

    private static string Stack() => typeof(LibrarySampleTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(one => one.Key == "Stack").Value!;

    private static string Repository()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SslAgent.sln"))) folder = Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("the repository is above its tests");
        return folder;
    }
}
