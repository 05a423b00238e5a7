using Broker.Server.Configuration;
using Xunit;

namespace Broker.Server.Tests.Configuration;

public sealed class SettingsTests
{
    private static readonly IReadOnlyList<SettingDefinition> Documented =
        [.. Settings.All, .. ListenerSettings.Patterns];

    [Fact]
    public void The_documentation_lists_every_key_as_it_is_defined()
    {
        string[] rows = RepositoryFiles.Read("docs", "configuration.md").Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal)).ToArray();
        Assert.Equal(Documented.Select(Row), rows);
    }

    [Fact]
    public void Every_definition_is_in_the_list() =>
        Assert.Equal(
            typeof(Settings).GetFields().Where(field => typeof(SettingDefinition).IsAssignableFrom(field.FieldType))
                .Select(field => ((SettingDefinition)field.GetValue(null)!).Key).Order(StringComparer.Ordinal),
            Settings.All.Select(setting => setting.Key).Order(StringComparer.Ordinal));

    [Fact]
    public void Every_default_is_a_value_that_is_allowed() =>
        Assert.All(
            Documented, setting => Assert.True(setting.Default is null || setting.Read(setting.Default) is not null));

    private static string Row(SettingDefinition setting) => setting.Default switch
    {
        null => $"| `{setting.Key}` | has to be given | {setting.Allowed} | {setting.Meaning} |",
        "" => $"| `{setting.Key}` | empty | {setting.Allowed} | {setting.Meaning} |",
        _ => $"| `{setting.Key}` | `{setting.Default}` | {setting.Allowed} | {setting.Meaning} |",
    };
}
