using TorchSharp.Compat.Tests.Support;

namespace TorchSharp.Compat.Tests.Bridge;

/// <summary>compat/TorchSharp offers nothing that the package does not: code that compiles here compiles there.</summary>
[Collection(nameof(ProcessWide))]
public sealed class SurfaceTests
{
    [Fact]
    public void Every_public_member_is_one_of_the_package()
    {
        var recorded = Tests.SurfaceTests.Recorded();
        Assert.Empty(Surface.Of(typeof(torch).Assembly).Except(recorded));
    }
}
