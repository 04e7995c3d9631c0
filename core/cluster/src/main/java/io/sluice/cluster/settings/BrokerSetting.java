package io.sluice.cluster.settings;

import java.util.List;

/** Starts the definition of a broker's setting. Apart from the registry, which needs the definitions to be complete. */
final class BrokerSetting {
    private BrokerSetting() {}

    static Setting.Draft<Boolean> ofBoolean(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.BOOLEAN);
    }

    static Setting.Draft<Integer> ofInt(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.INT);
    }

    static Setting.Draft<Long> ofLong(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.LONG);
    }

    static Setting.Draft<Double> ofDouble(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.DOUBLE);
    }

    static Setting.Draft<String> ofString(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.STRING);
    }

    static Setting.Draft<String> ofPassword(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.PASSWORD);
    }

    static Setting.Draft<List<String>> ofList(String name) {
        return Setting.define(SettingDomain.BROKER, name, Parser.LIST);
    }
}
