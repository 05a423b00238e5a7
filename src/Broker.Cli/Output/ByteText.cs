using System.Globalization;

namespace Broker.Cli.Output;

/// <summary>Bytes for people: <c>512 B</c>, <c>1.5 GiB</c>.</summary>
internal static class ByteText
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    public static string Of(long bytes)
    {
        double number = bytes;
        int unit = 0;
        for (; number >= 1024 && unit < Units.Length - 1; unit++)
            number /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{number:0.#} {Units[unit]}");
    }
}
